"""A real Elasticsearch for the tests: built from published jars, started on loopback, gone with whoever started it.

`python -m tests.elastic.node` builds every version that this machine's Java can run; `build/elastic/` keeps them.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.error import HTTPError

from patrol.errors import NotFound

HERE = Path(__file__).parent
BUILT = HERE.parents[1] / "build" / "elastic"
LEAST_JAVA: Mapping[str, int] = {"8.19.5": 17, "9.1.0": 21}
"""The versions that the contract runs on, each with the oldest Java that runs it. The first one must run."""
FIRST = next(iter(LEAST_JAVA))
HEAP = "768m"
READY_SECONDS = 270
"""Twelve on a quiet machine; a test may take 300."""
_HOMES = (Path("/usr/lib/jvm"), Path("/usr/java"), Path("/opt/java"), Path("/opt"))
_PLUGIN = """\
description=HTTP and transport on Netty
version={version}
name=transport-netty4
classname=org.elasticsearch.transport.netty4.Netty4Plugin
java.version={java}
elasticsearch.version={version}
extended.plugins=
has.native.controller=false
"""
_NODE = """\
cluster.name: patrol-tests
node.name: node
discovery.type: single-node
http.host: 127.0.0.1
http.port: {port}
transport.host: 127.0.0.1
transport.port: 0
node.portsfile: true
cluster.routing.allocation.disk.threshold_enabled: false
"""
_LOGS = """\
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


class NodeMissing(NotFound):
    """A node cannot be built or started."""

    def __init__(self, what: str, said: str, do: str) -> None:
        super().__init__(
            what, why=f"It said:\n{said[-3_000:]}" if said else "Nothing else builds it.", do=do
        )


def javas() -> dict[int, Path]:
    """The `java` of each major version on this machine."""
    candidates = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    if default := shutil.which("java"):
        candidates.append(Path(default).resolve().parents[1])
    for homes in _HOMES:
        if homes.is_dir():
            candidates += sorted(homes.iterdir())
    programs = {path / "bin" / "java" for path in candidates}
    found: dict[int, Path] = {}
    for program in sorted({path.resolve() for path in programs if os.access(path, os.X_OK)}):
        said = subprocess.run([program, "-version"], check=False, capture_output=True, text=True)
        if version := re.search(r'version "(?:1\.)?(\d+)', said.stderr):
            found.setdefault(int(version[1]), program)
    return found


def java_for(version: str) -> Path | None:
    """The oldest `java` that runs this version."""
    found = javas()
    return next((found[each] for each in sorted(found) if each >= LEAST_JAVA[version]), None)


def versions() -> tuple[str, ...]:
    """Those that this machine can run; the first one always, so that its absence is a failure and not a silence."""
    return tuple(each for each in LEAST_JAVA if each == FIRST or java_for(each))


def built(version: str) -> Path:
    """The folder with the jars of that version, built when it is not there. Raises `NodeMissing`."""
    there = BUILT / version
    if there.is_dir():
        return there
    if shutil.which("mvn") is None:
        raise NodeMissing("Maven is missing.", "", "Run `make system` as root, or install maven.")
    BUILT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILT, prefix="building-") as folder:
        building = Path(folder) / version
        _fetch(version, building / "server")
        module = building / "modules" / "transport-netty4"
        module.mkdir(parents=True)
        for jar in (building / "server").iterdir():
            if jar.name.startswith(("netty-", "transport-netty4-")):
                jar.rename(module / jar.name)
        sheet = _PLUGIN.format(version=version, java=LEAST_JAVA[version])
        (module / "plugin-descriptor.properties").write_text(sheet)
        with contextlib.suppress(OSError):  # another session was quicker
            building.rename(there)
    return there


def _fetch(version: str, into: Path) -> None:
    """Maven's own settings say from where: the user's, the machine's, or MAVEN_ARGS."""
    command = ["mvn", "--batch-mode", "--quiet", "--file", str(HERE / "pom.xml")]
    command += [f"-Delasticsearch.version={version}", f"-DoutputDirectory={into}"]
    done = subprocess.run(
        [*command, "dependency:copy-dependencies"], check=False, capture_output=True, text=True
    )
    if done.returncode or not any(
        into.glob("elasticsearch-8*.jar" if version[0] == "8" else "elasticsearch-9*.jar")
    ):
        raise NodeMissing(
            f"Maven could not fetch Elasticsearch {version}.",
            done.stdout + done.stderr,
            "Give Maven a repository that it reaches, in ~/.m2/settings.xml or by MAVEN_ARGS.",
        )


class Node:
    """One node. `kill` and `start` again to see what survives."""

    def __init__(
        self,
        version: str,
        home: Path,
        *,
        heap: str = HEAP,
        settings: Mapping[str, str | list[str]] | None = None,
        ready_seconds: float = READY_SECONDS,
    ) -> None:
        self.version = version
        self._ready_seconds = ready_seconds
        self.settings = settings or {}
        """Further lines of elasticsearch.yml, or others than ours."""
        self.home = home
        self.heap = heap
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("config", "plugins", "data", "logs", "natives", "tmp"):
            (home / name).mkdir(parents=True, exist_ok=True)
        (home / "config" / "log4j2.properties").write_text(_LOGS)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, on the same port as before, and wait until it serves. Raises `NodeMissing` with the log's end."""
        jars = built(self.version)
        java = java_for(self.version)
        if java is None:
            least = LEAST_JAVA[self.version]
            raise NodeMissing(
                f"Elasticsearch {self.version} needs Java {least} or newer.",
                "",
                "Run `make system` as root, or install a JDK into /usr/lib/jvm.",
            )
        modules = self.home / "modules"
        if not modules.is_symlink():
            modules.symlink_to(jars / "modules")
        (self.home / "config" / "elasticsearch.yml").write_text(self._sheet())
        (self.home / "logs" / "http.ports").unlink(missing_ok=True)
        with (self.home / "logs" / "node.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    java,
                    *self._options(),
                    "-cp",
                    f"{jars}/server/*",
                    HERE / "EsNode.java",
                    self.home,
                ],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        self._wait()

    def _sheet(self) -> str:
        ours = (line.partition(": ")[::2] for line in _NODE.format(port=self.port).splitlines())
        return "".join(
            f"{key}: {json.dumps(value)}\n"
            for key, value in {**dict(ours), **self.settings}.items()
        )

    def _options(self) -> list[str]:
        return [
            f"-Xms{self.heap}",
            f"-Xmx{self.heap}",
            "-Des.distribution.type=tar",
            f"-Des.nativelibs.path={self.home / 'natives'}",
            f"-Djava.io.tmpdir={self.home / 'tmp'}",
            "--add-modules=jdk.incubator.vector",
        ]

    def _wait(self) -> None:
        assert self._process is not None
        late = time.monotonic() + self._ready_seconds
        while time.monotonic() < late and self._process.poll() is None:
            with contextlib.suppress(OSError, ValueError, IndexError):
                first = (self.home / "logs" / "http.ports").read_text().split()[0]
                self.port = int(first.rpartition(":")[2])
                if self._answers():
                    return
            time.sleep(0.2)
        end = (self.home / "logs" / "node.log").read_text(errors="replace")
        self.kill()
        raise NodeMissing(
            f"Elasticsearch {self.version} did not start.", end, "Free memory, then try again."
        )

    def _answers(self) -> bool:
        address = f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=1s"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  (loopback)
                return bool(json.load(answer)["status"] in {"green", "yellow"})
        except HTTPError as error:  # it serves, and waits for the others
            error.close()
            return False

    @property
    def down(self) -> bool:
        """Not started, or ended by us."""
        return self._process is None

    def kill(self) -> None:
        """As a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._reap(self._process)

    def stop(self) -> None:
        """As an administrator does."""
        if self._process is not None:
            process = self._process
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
            self._reap(process)

    def _reap(self, process: "subprocess.Popen[bytes]") -> None:
        process.wait()
        if process.stdin is not None:
            process.stdin.close()
        self._process = None


def main() -> int:
    """Build what this machine can run."""
    try:
        for version in versions():
            sys.stdout.write(f"Elasticsearch {version}: {built(version)}\n")
    except NodeMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
