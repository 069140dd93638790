package dev.longshore.base;

import java.util.regex.Pattern;

/// Texts that mean something else to older YAML readers.
final class YamlTexts {

    private static final Pattern BASE_60 = Pattern.compile("[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?");
    private static final Pattern TIME = Pattern.compile("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
            + "(?:(?:[Tt]| )[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})?)?");

    private YamlTexts() {}

    static boolean isTimeOrBase60(String text) {
        return text.indexOf(':') > 0 && BASE_60.matcher(text).matches()
                || text.indexOf('-') == 4 && TIME.matcher(text).matches();
    }
}
