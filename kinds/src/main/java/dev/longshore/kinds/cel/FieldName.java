package dev.longshore.kinds.cel;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a field is called in expressions, where not every letter can stand in a name.
final class FieldName {

    private static final Pattern PLAIN = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Pattern ESCAPABLE = Pattern.compile("[a-zA-Z0-9_./-]+");
    private static final Set<String> RESERVED = Set.of(
            "true",
            "false",
            "null",
            "in",
            "as",
            "break",
            "const",
            "continue",
            "else",
            "for",
            "function",
            "if",
            "import",
            "let",
            "loop",
            "package",
            "namespace",
            "return");

    private static final Map<String, String> ESCAPES =
            Map.of("underscores", "__", "dot", ".", "dash", "-", "slash", "/");
    private static final Pattern ESCAPE = Pattern.compile("__(underscores|dot|dash|slash)__");

    private FieldName() {}

    /// The name that `escaped` stands for; itself if it stands for no other.
    static String unescaped(String escaped) {
        if (escaped.startsWith("__") && escaped.endsWith("__") && escaped.length() > 4) {
            String inner = escaped.substring(2, escaped.length() - 2);
            if (RESERVED.contains(inner)) {
                return inner;
            }
        }
        return escaped.contains("__")
                ? ESCAPE.matcher(escaped).replaceAll(found -> Matcher.quoteReplacement(ESCAPES.get(found.group(1))))
                : escaped;
    }

    /// Empty if there is no way to call it.
    static Optional<String> escaped(String name) {
        if (RESERVED.contains(name)) {
            return Optional.of("__" + name + "__");
        }
        if (!ESCAPABLE.matcher(name).matches() || Character.isDigit(name.charAt(0))) {
            return Optional.empty();
        }
        String escaped = name.replace("__", "__underscores__")
                .replace(".", "__dot__")
                .replace("-", "__dash__")
                .replace("/", "__slash__");
        return PLAIN.matcher(escaped).matches() ? Optional.of(escaped) : Optional.empty();
    }
}
