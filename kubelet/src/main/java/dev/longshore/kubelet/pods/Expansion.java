package dev.longshore.kubelet.pods;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Replaces `$(NAME)` by the variable's value; `$$` is a dollar sign, and what names no variable stays as it
/// stands.
final class Expansion {

    private Expansion() {}

    static String expand(String text, Map<String, String> variables) {
        return expand(text, name -> Optional.ofNullable(variables.get(name)));
    }

    /// With what `variables` says of each name that is met.
    static String expand(String text, Function<String, Optional<String>> variables) {
        var result = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            char next = at + 1 < text.length() ? text.charAt(at + 1) : 0;
            int end = c == '$' && next == '(' ? text.indexOf(')', at) : -1;
            if (c == '$' && next == '$') {
                result.append('$');
                at += 2;
            } else if (end > 0) {
                String name = text.substring(at + 2, end);
                result.append(variables.apply(name).orElseGet(() -> "$(" + name + ")"));
                at = end + 1;
            } else {
                result.append(c);
                at++;
            }
        }
        return result.toString();
    }
}
