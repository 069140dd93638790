package dev.longshore.kinds.custom;

import dev.longshore.kinds.kit.GoUrl;
import dev.longshore.model.IpText;
import dev.longshore.model.NameRule;
import dev.longshore.model.Times;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The formats of texts that schemas of custom resources can name, as Kubernetes' OpenAPI library knows them. Others
/// are comments. Dashes in names count nothing.
final class TextFormats {

    private static final String HEX = "[0-9a-fA-F]";
    private static final String UUID = HEX + "{8}-?" + HEX + "{4}-?%s-?%s-?" + HEX + "{12}";
    private static final String ANY = HEX + "{4}";
    private static final String VARIANT = "[89abAB]" + HEX + "{3}";
    private static final String BYTE = "(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])";
    private static final Pattern BASE64 = Pattern.compile("([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?");
    private static final Pattern MAIL = Pattern.compile("[^\\s@<>()\\[\\],;:\"]+@[^\\s@<>()\\[\\],;:\"]+");
    private static final Pattern NAMED_MAIL = Pattern.compile("[^<>]*<" + MAIL.pattern() + ">");
    private static final Pattern SPAN = Pattern.compile(
            "\\s*(\\d+\\s*(ns|nano\\w*|us|µs|micro\\w*|ms|milli\\w*|s|sec\\w*|m|min\\w*|h|hr|hour\\w*|d|day\\w*|w|wk"
                    + "|week\\w*)\\s*)+",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern GO_SPAN = Pattern.compile("[-+]?(0|((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+)");
    private static final Pattern LABEL =
            Pattern.compile("[a-zA-Z0-9\\p{S}\\p{L}]([a-zA-Z0-9\\p{S}\\p{L}-]{0,61}" + "[a-zA-Z0-9\\p{S}\\p{L}])?");
    private static final Pattern TOP = Pattern.compile("[a-zA-Z\\p{L}]{2,63}");
    private static final int LONGEST_HOST = 255;
    private static final Set<Integer> DOTTED_MAC = Set.of(14, 19, 49);
    private static final Pattern CARD = Pattern.compile("4\\d{12}(\\d{3})?|5[1-5]\\d{14}|6(011|5\\d\\d)\\d{12}|"
            + "3[47]\\d{13}|3(0[0-5]|[68]\\d)\\d{11}|(2131|1800|35\\d{3})\\d{11}");

    private static final Map<String, Predicate<String>> KNOWN = Map.ofEntries(
            Map.entry("bsonobjectid", matching(HEX + "{24}")),
            Map.entry("uri", TextFormats::isUri),
            Map.entry("email", TextFormats::isMail),
            Map.entry("hostname", TextFormats::isHost),
            Map.entry("ipv4", text -> address(text) == 4),
            Map.entry("ipv6", text -> address(text) == 16),
            Map.entry("cidr", text -> IpText.Block.parse(text).isPresent()),
            Map.entry("mac", TextFormats::isMac),
            Map.entry("uuid", matching(UUID.formatted(ANY, ANY))),
            Map.entry("uuid3", matching(UUID.formatted("3" + HEX + "{3}", ANY))),
            Map.entry("uuid4", matching(UUID.formatted("4" + HEX + "{3}", VARIANT))),
            Map.entry("uuid5", matching(UUID.formatted("5" + HEX + "{3}", VARIANT))),
            Map.entry("isbn", text -> isIsbn10(text) || isIsbn13(text)),
            Map.entry("isbn10", TextFormats::isIsbn10),
            Map.entry("isbn13", TextFormats::isIsbn13),
            Map.entry("creditcard", TextFormats::isCard),
            Map.entry("ssn", matching("\\d{3}[- ]?\\d{2}[- ]?\\d{4}")),
            Map.entry("hexcolor", matching("#?(" + HEX + "{3}|" + HEX + "{6})")),
            Map.entry("rgbcolor", matching("rgb\\(\\s*" + BYTE + "\\s*,\\s*" + BYTE + "\\s*,\\s*" + BYTE + "\\s*\\)")),
            Map.entry("byte", text -> !text.isEmpty() && BASE64.matcher(text).matches()),
            Map.entry("password", text -> true),
            Map.entry("date", TextFormats::isDate),
            Map.entry(
                    "duration",
                    text -> GO_SPAN.matcher(text).matches()
                            || SPAN.matcher(text).matches()),
            Map.entry("datetime", text -> Times.parse(text).isPresent()),
            Map.entry("k8sshortname", text -> NameRule.DNS_LABEL.check(text).isEmpty()),
            Map.entry("k8slongname", text -> NameRule.DNS_SUBDOMAIN.check(text).isEmpty()));

    private TextFormats() {}

    private static Predicate<String> matching(String pattern) {
        var compiled = Pattern.compile(pattern);
        return text -> compiled.matcher(text).matches();
    }

    /// Whether `text` is of `format`; of what is no known format everything is.
    static boolean fits(String format, String text) {
        return Optional.ofNullable(KNOWN.get(format.replace("-", "")))
                .map(check -> check.test(text))
                .orElse(true);
    }

    /// Whether there is such a format for texts.
    static boolean isKnown(String format) {
        return KNOWN.containsKey(format.replace("-", ""));
    }

    private static int address(String text) {
        return IpText.parse(text).map(bytes -> bytes.length).orElse(0);
    }

    private static boolean isUri(String text) {
        try {
            GoUrl url = GoUrl.parse(text);
            return !url.scheme().isEmpty() || text.startsWith("/");
        } catch (GoUrl.Malformed none) {
            return false;
        }
    }

    private static boolean isMail(String text) {
        return MAIL.matcher(text.strip()).matches()
                || NAMED_MAIL.matcher(text.strip()).matches();
    }

    private static boolean isHost(String text) {
        String[] labels = text.split("\\.", -1);
        for (String label : labels) {
            if (!LABEL.matcher(label).matches()) {
                return false;
            }
        }
        return text.length() <= LONGEST_HOST
                && (labels.length == 1 || TOP.matcher(labels[labels.length - 1]).matches());
    }

    private static boolean isMac(String text) {
        return text.matches("(" + HEX + "{2}[:-])+" + HEX + "{2}") && isLong(text.length(), 3)
                || text.matches("(" + HEX + "{4}\\.)+" + HEX + "{4}") && DOTTED_MAC.contains(text.length());
    }

    private static boolean isLong(int length, int step) {
        int bytes = (length + 1) / step;
        return bytes == 6 || bytes == 8 || bytes == 20;
    }

    private static boolean isIsbn10(String text) {
        String digits = text.replaceAll("[\\s-]+", "");
        if (!digits.matches("\\d{9}[\\dX]")) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < 10; i++) {
            sum += (i + 1) * (digits.charAt(i) == 'X' ? 10 : digits.charAt(i) - '0');
        }
        return sum % 11 == 0;
    }

    private static boolean isIsbn13(String text) {
        String digits = text.replaceAll("[\\s-]+", "");
        if (!digits.matches("\\d{13}")) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < 13; i++) {
            sum += (i % 2 == 0 ? 1 : 3) * (digits.charAt(i) - '0');
        }
        return sum % 10 == 0;
    }

    private static boolean isCard(String text) {
        String digits = text.replaceAll("\\D+", "");
        if (!CARD.matcher(digits).matches()) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int counted = i % 2 == 1 ? digit * 2 : digit;
            sum += counted > 9 ? counted - 9 : counted;
        }
        return sum % 10 == 0;
    }

    private static boolean isDate(String text) {
        try {
            return LocalDate.parse(text).toString().equals(text);
        } catch (DateTimeException noDate) {
            return false;
        }
    }
}
