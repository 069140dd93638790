package dev.longshore.kinds.authentication;

import java.util.ArrayList;
import java.util.List;

/// Reads comma-separated values (RFC 4180). Lines without anything are left out.
final class Csv {

    private final String text;
    private final String file;
    private final List<List<String>> records = new ArrayList<>();
    private List<String> fields = new ArrayList<>();
    private int line = 1;
    private int at;

    private Csv(String text, String file) {
        this.text = text.replace("\r\n", "\n");
        this.file = file;
    }

    /// The fields of each line of `text`.
    ///
    /// @throws IllegalArgumentException naming `file` and the line where a quote stands wrong
    static List<List<String>> parse(String text, String file) {
        var csv = new Csv(text, file);
        csv.read();
        return csv.records;
    }

    private void read() {
        while (at < text.length()) {
            if (text.charAt(at) == '\n' && fields.isEmpty()) {
                at++;
                line++;
                continue;
            }
            fields.add(at < text.length() && text.charAt(at) == '"' ? quoted() : bare());
            boolean isMore = at < text.length() && text.charAt(at) == ',';
            at++;
            if (isMore && at == text.length()) {
                fields.add("");
            }
            if (!isMore || at == text.length()) {
                records.add(fields);
                fields = new ArrayList<>();
                line++;
            } else if (text.charAt(at) == '\n') {
                fields.add("");
                records.add(fields);
                fields = new ArrayList<>();
                at++;
                line++;
            }
        }
    }

    private String bare() {
        int start = at;
        while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n') {
            if (text.charAt(at) == '"') {
                throw wrong("bare \" in non-quoted field");
            }
            at++;
        }
        return text.substring(start, at);
    }

    private String quoted() {
        var value = new StringBuilder();
        at++;
        while (at < text.length()) {
            char letter = text.charAt(at++);
            if (letter != '"') {
                value.append(letter);
            } else if (at < text.length() && text.charAt(at) == '"') {
                value.append('"');
                at++;
            } else if (at == text.length() || text.charAt(at) == ',' || text.charAt(at) == '\n') {
                return value.toString();
            } else {
                throw wrong("extraneous or missing \" in quoted-field");
            }
        }
        throw wrong("extraneous or missing \" in quoted-field");
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(file + ": parse error on line " + line + ": " + what);
    }
}
