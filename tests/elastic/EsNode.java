import java.nio.file.Path;
import java.util.Map;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** One Elasticsearch node without its launcher. It ends when standard input does: when whoever started it is gone. */
public class EsNode {
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        var settings = Settings.builder().put("path.home", home.toString()).build();
        var environment = InternalSettingsPreparer.prepareEnvironment(
            settings, Map.of(), home.resolve("config"), () -> "node");
        LogConfigurator.registerErrorListener();
        LogConfigurator.configure(environment, true);
        var plugins = PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(environment.modulesDir()),
            PluginsLoader.loadPluginsBundles(environment.pluginsDir()),
            Map.of(),
            false);
        var node = new Node(environment, plugins);
        node.start();
        while (System.in.read() >= 0) {
        }
        node.close();
        System.exit(0);
    }
}
