package dev.longshore.builder.flags;

import java.util.ArrayList;
import java.util.List;

/// The fields of one comma-separated record, as Go's `encoding/csv` reads it: a field that begins with a quote
/// runs to the next single one, and two quotes in it are one.
final class CsvFields {

    private CsvFields() {}

    /// @param what it describes, for the message
    /// @throws IllegalArgumentException when a quote is where none may be
    static List<String> of(String text, String what) {
        if (text.isEmpty()) {
            throw wrong(what, "EOF");
        }
        var fields = new ArrayList<String>();
        int at = 0;
        while (at <= text.length()) {
            if (at < text.length() && text.charAt(at) == '"') {
                var field = new StringBuilder();
                at = quoted(text, at + 1, field, what);
                fields.add(field.toString());
            } else {
                int comma = text.indexOf(',', at);
                int end = comma < 0 ? text.length() : comma;
                String field = text.substring(at, end);
                if (field.indexOf('"') >= 0) {
                    throw wrong(
                            what,
                            "parse error on line 1, column " + (at + field.indexOf('"') + 1)
                                    + ": bare \" in non-quoted-field");
                }
                fields.add(field);
                at = end + 1;
            }
        }
        return fields;
    }

    /// Reads what is quoted from `start`; returns where the next field begins.
    private static int quoted(String text, int start, StringBuilder field, String what) {
        int at = start;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c != '"') {
                field.append(c);
            } else if (at < text.length() && text.charAt(at) == '"') {
                field.append('"');
                at++;
            } else if (at == text.length() || text.charAt(at) == ',') {
                return at + 1;
            } else {
                throw wrong(what, "parse error on line 1, column " + at + ": extraneous or missing \" in quoted-field");
            }
        }
        throw wrong(
                what,
                "parse error on line 1, column " + (text.length() + 1) + ": extraneous or missing \" in quoted-field");
    }

    private static IllegalArgumentException wrong(String what, String why) {
        return new IllegalArgumentException("failed to parse csv " + what + ": " + why);
    }
}
