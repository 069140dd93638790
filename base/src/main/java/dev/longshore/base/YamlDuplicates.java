package dev.longshore.base;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/// Finds keys that stand twice in one mapping: a tree keeps only the last of them, so the text itself is read.
public final class YamlDuplicates {

    private YamlDuplicates() {}

    /// A key that was there already.
    ///
    /// @param line of its value, counted from 1
    public record Duplicate(int line, String key) {}

    /// Those of the first document of `text`, which is known to be YAML.
    public static List<Duplicate> find(String text) {
        var found = new ArrayList<Duplicate>();
        Deque<Level> levels = new ArrayDeque<>();
        for (Event event : new Parse(LoadSettings.builder().build()).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> {
                    begin(levels, event);
                    levels.push(new Level(event.getEventId() == Event.ID.MappingStart));
                }
                case MappingEnd, SequenceEnd -> {
                    levels.pop();
                    end(levels, found);
                }
                case Scalar, Alias -> {
                    begin(levels, event);
                    end(levels, found);
                }
                case DocumentEnd -> {
                    return found;
                }
                case StreamStart, StreamEnd, DocumentStart, Comment -> {}
            }
        }
        return found;
    }

    private static void begin(Deque<Level> levels, Event event) {
        Level level = levels.peek();
        if (level == null || !level.isMapping) {
            return;
        }
        if (level.isAtKey) {
            level.key = event instanceof ScalarEvent scalar ? scalar.getValue() : "";
        } else {
            level.line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
        }
    }

    private static void end(Deque<Level> levels, List<Duplicate> found) {
        Level level = levels.peek();
        if (level == null || !level.isMapping) {
            return;
        }
        boolean wasValue = !level.isAtKey;
        if (wasValue && !level.seen.add(level.key)) {
            found.add(new Duplicate(level.line, level.key));
        }
        level.isAtKey = wasValue;
    }

    private static final class Level {
        final boolean isMapping;
        final Set<String> seen = new HashSet<>();
        boolean isAtKey = true;
        String key = "";
        int line;

        Level(boolean isMapping) {
            this.isMapping = isMapping;
        }
    }
}
