package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Identities of shares: UUIDs in their one normal spelling. Words are those of `github.com/google/uuid`, which reads
/// other spellings too and so has other complaints about them.
final class Uuids {

    private static final Pattern DASHED =
            Pattern.compile("\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");
    private static final Pattern BARE = Pattern.compile("\\p{XDigit}{32}");
    private static final String URN = "urn:uuid:";
    private static final String NO_FORMAT = "invalid UUID format";
    private static final int LENGTH = 36;

    private Uuids() {}

    static void check(Checks checks, String path, String text) {
        Optional<String> fault = fault(text);
        if (fault.isPresent()) {
            checks.invalid(path, text, "error validating uid: " + fault.get());
        } else if (text.length() != LENGTH || !text.equals(text.toLowerCase(Locale.ROOT))) {
            checks.invalid(
                    path,
                    text,
                    "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase"
                            + " hexadecimal characters");
        }
    }

    private static Optional<String> fault(String text) {
        return switch (text.length()) {
            case LENGTH -> formatFault(DASHED, text);
            case 32 -> formatFault(BARE, text);
            case LENGTH + 2 ->
                text.startsWith("{") && text.endsWith("}")
                        ? formatFault(DASHED, text.substring(1, text.length() - 1))
                        : Optional.of("invalid bracketed UUID format");
            case LENGTH + 9 ->
                text.regionMatches(true, 0, URN, 0, URN.length())
                        ? formatFault(DASHED, text.substring(URN.length()))
                        : Optional.of("invalid urn prefix: \"" + text.substring(0, URN.length()) + '"');
            default -> Optional.of("invalid UUID length: " + text.length());
        };
    }

    private static Optional<String> formatFault(Pattern pattern, String text) {
        return pattern.matcher(text).matches() ? Optional.empty() : Optional.of(NO_FORMAT);
    }
}
