package dev.longshore.builder.dockerfile;

import java.util.ArrayList;
import java.util.List;

/// Takes a text as it is expanded, and cuts it into words at white space that is neither quoted nor escaped. An
/// empty word, quoted or not, is none.
final class WordCollector {

    static final int LONGEST = 1 << 20;

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder word = new StringBuilder();
    private final List<String> words = new ArrayList<>();

    void add(int codePoint) {
        text.appendCodePoint(codePoint);
        limit();
        if (!GoText.isSpace(codePoint)) {
            word.appendCodePoint(codePoint);
        } else if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    void addUnquoted(String piece) {
        piece.codePoints().forEach(this::add);
    }

    void addQuoted(String piece) {
        text.append(piece);
        limit();
        word.append(piece);
    }

    /// Values may double from word to word.
    private void limit() {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("the result is longer than " + LONGEST + " characters");
        }
    }

    String text() {
        return text.toString();
    }

    List<String> words() {
        var all = new ArrayList<>(words);
        if (!word.isEmpty()) {
            all.add(word.toString());
        }
        return List.copyOf(all);
    }
}
