package dev.longshore.builder.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes the leading `--flags` from what follows a keyword. Quotes group, and a backslash escapes (whatever the
/// file's escape character is), as in BuildKit; `--` alone ends them. For one line.
final class FlagWords {

    private final String text;
    private final List<Flag> flags = new ArrayList<>();
    private int at;

    private FlagWords(String text) {
        this.text = text;
    }

    /// @param rest what follows the flags
    record Split(List<Flag> flags, String rest) {}

    static Split of(String text) {
        var words = new FlagWords(text);
        boolean goesOn = true;
        while (goesOn) {
            words.skipSpace();
            goesOn = text.startsWith("--", words.at) && words.next();
        }
        return new Split(words.flags, GoText.strip(text.substring(words.at)));
    }

    private void skipSpace() {
        while (at < text.length() && GoText.isSpace(text.charAt(at))) {
            at++;
        }
    }

    /// Reads a word; false if it is the one that ends the flags.
    private boolean next() {
        var word = new StringBuilder();
        char quote = 0;
        while (at < text.length() && (quote != 0 || !GoText.isSpace(text.charAt(at)))) {
            char c = text.charAt(at++);
            if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else if (c == quote && quote != 0) {
                quote = 0;
            } else if (c != '\\') {
                word.append(c);
            } else if (at < text.length()) {
                word.append(text.charAt(at++));
            }
        }
        String flag = word.toString();
        if (flag.equals("--")) {
            return false;
        }
        int equals = flag.indexOf('=');
        flags.add(
                equals < 0
                        ? new Flag(flag.substring(2), Optional.empty())
                        : Flag.of(flag.substring(2, equals), flag.substring(equals + 1)));
        return true;
    }
}
