"""What boards call months and days, in the languages they speak. Lists only; `spiders.dates` reads with them."""

from collections.abc import Iterable, Mapping

_MONTHS = {
    # One language a line, one month between bars: names, genitives, abbreviations.
    "en": "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct|november nov|december dec",
    "de": "januar jänner jän|februar|märz mär mrz|april|mai|juni|juli|august|september|oktober okt|november|dezember dez",
    "fr": "janvier janv|février févr fév|mars|avril avr|mai|juin|juillet juil|août aoû|septembre|octobre|novembre|décembre déc",
    "es": "enero ene|febrero|marzo|abril abr|mayo|junio|julio|agosto ago|septiembre setiembre|octubre|noviembre|diciembre dic",
    "it": "gennaio gen|febbraio|marzo|aprile|maggio mag|giugno giu|luglio lug|agosto|settembre set|ottobre ott|novembre|dicembre",
    "pt": "janeiro|fevereiro fev|março|abril|maio|junho|julho|agosto|setembro|outubro out|novembro|dezembro",
    "nl": "januari|februari|maart mrt|april|mei|juni|juli|augustus|september|oktober|november|december",
    "sv": "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december",
    "no": "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember des",
    "fi": "tammikuu tammikuuta tammi|helmikuu helmikuuta helmi|maaliskuu maaliskuuta maalis|huhtikuu huhtikuuta huhti|toukokuu toukokuuta touko|kesäkuu kesäkuuta kesä|heinäkuu heinäkuuta heinä|elokuu elokuuta elo|syyskuu syyskuuta syys|lokakuu lokakuuta loka|marraskuu marraskuuta marras|joulukuu joulukuuta joulu",
    "pl": "styczeń stycznia sty|luty lutego lut|marzec marca|kwiecień kwietnia kwi|maj maja|czerwiec czerwca cze|lipiec lipca lip|sierpień sierpnia sie|wrzesień września wrz|październik października paź|listopad listopada lis|grudzień grudnia gru",
    "cs": "leden ledna led|únor února úno|březen března bře|duben dubna dub|květen května kvě|červen června čer|červenec července čvc|srpen srpna srp|září zář|říjen října říj|listopad listopadu lis|prosinec prosince pro",
    "hu": "január|február|március márc|április ápr|május máj|június jún|július júl|augusztus|szeptember szept|október|november|december",
    "ro": "ianuarie ian|februarie|martie|aprilie|mai|iunie iun|iulie iul|august|septembrie|octombrie|noiembrie noi|decembrie",
    "tr": "ocak oca|şubat şub|mart|nisan nis|mayıs|haziran haz|temmuz tem|ağustos ağu|eylül eyl|ekim eki|kasım kas|aralık ara",
    "ru": "январь января янв|февраль февраля фев февр|март марта мар|апрель апреля апр|май мая|июнь июня июн|июль июля июл|август августа авг|сентябрь сентября сен сент|октябрь октября окт|ноябрь ноября ноя нояб|декабрь декабря дек",
    "uk": "січень січня січ|лютий лютого лют|березень березня бер|квітень квітня кві|травень травня тра|червень червня чер|липень липня лип|серпень серпня сер|вересень вересня вер|жовтень жовтня жов|листопад листопада лис|грудень грудня гру",
    "bg": "януари яну|февруари|март|април|май|юни|юли|август|септември сеп|октомври|ноември|декември",
    "el": "ιανουάριος ιανουαρίου ιαν|φεβρουάριος φεβρουαρίου φεβ φεβρ|μάρτιος μαρτίου μαρ|απρίλιος απριλίου απρ|μάιος μαΐου μαι μάι|ιούνιος ιουνίου ιουν ιούν|ιούλιος ιουλίου ιουλ ιούλ|αύγουστος αυγούστου αυγ αύγ|σεπτέμβριος σεπτεμβρίου σεπ σεπτ|οκτώβριος οκτωβρίου οκτ|νοέμβριος νοεμβρίου νοε νοέ νοέμ|δεκέμβριος δεκεμβρίου δεκ",
    "id": "januari|februari|maret|april|mei|juni|juli|agustus agu|september|oktober|november|desember",
    "he": "ינואר|פברואר|מרץ|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר",
    "ar": "يناير|فبراير|مارس|أبريل إبريل ابريل|مايو|يونيو|يوليو|أغسطس اغسطس|سبتمبر|أكتوبر اكتوبر|نوفمبر|ديسمبر",
    "fa": "ژانویه|فوریه|مارس|آوریل|مه|ژوئن|ژوئیه جولای|آگوست اوت|سپتامبر|اکتبر|نوامبر|دسامبر",
    "hr": "siječanj siječnja sij|veljača veljače velj|ožujak ožujka ožu|travanj travnja tra|svibanj svibnja svi|lipanj lipnja lip|srpanj srpnja srp|kolovoz kolovoza kol|rujan rujna ruj|listopad listopada lis|studeni studenog stu|prosinac prosinca pro",
    "da": "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december",
}

_JALALI = ("فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند",)

ARABIC = str.maketrans("يك\u0649", "یکی")
"""Arabic letters that Persian keyboards write otherwise."""


def _numbered(lines: Iterable[str]) -> Mapping[str, int]:
    """Word to month; a word that means two months in two languages means none."""
    found: dict[str, set[int]] = {}
    for line in lines:
        for number, words in enumerate(line.split("|"), start=1):
            for word in words.split():
                found.setdefault(word.translate(ARABIC), set()).add(number)
    return {word: numbers.pop() for word, numbers in found.items() if len(numbers) == 1}


MONTHS = _numbered(_MONTHS.values())
"""Month by its name in lower case, whatever the language."""

LANGUAGES = {language: _numbered([line]) for language, line in _MONTHS.items()}
"""Month by its name, within one language."""

JALALI_MONTHS = _numbered(_JALALI)
"""Months of the Iranian calendar."""

DAYS_BACK = {
    0: "today heute aujourd'hui aujourd’hui oggi hoy hoje vandaag idag dziś dzisiaj dnes сегодня сьогодні bugün امروز اليوم היום "
    "σήμερα tänään astăzi днес hôm_nay hari_ini วันนี้ i_dag 今天 今日 本日 오늘",
    1: "yesterday gestern hier ieri ayer ontem gisteren igår wczoraj včera вчера вчора dün دیروز أمس אתמול χθες eilen tegnap hôm_qua kemarin เมื่อวาน เมื่อวานนี้ i_går "
    "昨天 昨日 어제",
    2: "vorgestern avant-hier позавчера eergisteren 前天 一昨日 그저께 그제",
}
"""Days that boards name instead of printing their date; a name of two words has a `_` between them."""

WEEKDAYS = (
    "monday montag lundi lunedì lunes понедельник maandag poniedziałek måndag maanantai 星期一 周一 週一 月曜日 월요일",
    "tuesday dienstag mardi martedì martes вторник dinsdag wtorek tisdag tiistai 星期二 周二 週二 火曜日 화요일",
    "wednesday mittwoch mercredi mercoledì miércoles среда среду woensdag środa onsdag keskiviikko 星期三 周三 週三 水曜日 수요일",
    "thursday donnerstag jeudi giovedì jueves четверг donderdag czwartek torsdag torstai 星期四 周四 週四 木曜日 목요일",
    "friday freitag vendredi venerdì viernes пятница пятницу vrijdag piątek fredag perjantai 星期五 周五 週五 金曜日 금요일",
    "saturday samstag sonnabend samedi sabato sábado суббота субботу zaterdag sobota lördag lauantai 星期六 周六 週六 土曜日 토요일",
    "sunday sonntag dimanche domenica domingo воскресенье zondag niedziela söndag sunnuntai 星期日 星期天 周日 週日 日曜日 일요일",
)
"""Days of the week, the first being Monday, where boards name them instead of printing the date."""

SHORT_WEEKDAYS = (
    "mon lun пн пон pon", "tue вт втр", "wed mer mié ср", "thu jeu jue чт", "fri ven vie пт птн", "sat sam sab sáb сб суб", "sun dim dom вс вск",
)  # fmt: skip
"""Days of the week as boards shorten them beside a date, where they mean no other day elsewhere."""

UNITS = {
    "second": "ثانیة ثوان שניות שנייה seconds? secs? secondes? sekunden? segundos? secondi секунд[уы]? секунда seconden ثانیه giây detik วินาที(?:ที่แล้ว)? saniye sekunde?r? sekundy? 秒鐘 秒钟 秒 초",
    "minute": "دقیقة دقائق דקות דקה minutes? mins? minuten? minutos? minuti минут[уы]? минута minuut دقیقه phút menit นาที(?:ที่แล้ว)? dakika minutter minuter minuuttia minut[yę]? 分鐘 分钟 分 분",
    "hour": "ساعة ساعات שעות שעה hours? hrs? heures? stunden? horas? or[ae] час(?:ов|а)? uren uur uur ساعت giờ jam ชั่วโมง(?:ที่แล้ว)? saat timme timmar timer? tuntia? godzin[ayę]? 個小時 个小时 小時 小时 時間 個鐘頭 시간",
    "day": "یوم أیام ימים יום days? jours? tag(?:en|e)? d[ií]as? giorn[oi] дн(?:ей|я) день dagen dag روز ngày hari วัน(?:ที่แล้ว)? gün dag(?:ar|er|e) päivää dni dzień 天 日 일",
    "week": "أسبوع أسابیع שבועות שבוע weeks? semaines? wochen? semanas? settiman[ae] недел[юьи] weken هفته tuần minggu สัปดาห์(?:ที่แล้ว)? hafta veckor uker uger viikkoa tydzień tygodni[e]? 個星期 个星期 星期 週間 週 周 주",
    "month": "شهر أشهر חודשים חודש months? mois monate?n? mes(?:es)? mes[ei] месяц(?:ев|а)? maanden ماه tháng bulan เดือน(?:ที่แล้ว)? ay måne?der månader kuukautta miesi[ąę]c[ey]? 個月 个月 か月 ヶ月 カ月 개월 달",
    "year": "سنة سنوات שנים שנה years? ans? années? jahre?n? años? ann[oi] anos? лет год(?:а)? jaar سال năm tahun ปี(?:ที่แล้ว)? yıl år vuotta lata? rok 年 년",
}
"""Units of time, as patterns, of which a board says how many have passed."""
