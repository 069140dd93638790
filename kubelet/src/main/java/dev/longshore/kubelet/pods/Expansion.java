package dev.longshore.kubelet.pods;

import java.util.Map;

/// Replaces `$(NAME)` by the variable's value; `$$` is a dollar sign, and what names no variable stays as it
/// stands.
final class Expansion {

    private Expansion() {}

    static String expand(String text, Map<String, String> variables) {
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
                result.append(variables.containsKey(name) ? variables.get(name) : "$(" + name + ")");
                at = end + 1;
            } else {
                result.append(c);
                at++;
            }
        }
        return result.toString();
    }
}
