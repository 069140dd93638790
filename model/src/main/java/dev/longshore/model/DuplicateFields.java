package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Finds fields that stand twice in one object: a tree keeps only the last of them, so the text itself is read.
public final class DuplicateFields {

    private DuplicateFields() {}

    /// The paths of fields that `json`, which is known to be JSON, repeats.
    public static List<String> find(byte[] json) {
        var found = new ArrayList<String>();
        Deque<Level> levels = new ArrayDeque<>();
        try (JsonParser parser = Json.mapper().createParser(Json.utf8(json))) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case START_OBJECT, START_ARRAY ->
                        levels.push(new Level(next(levels), token == JsonToken.START_ARRAY));
                    case END_OBJECT, END_ARRAY -> levels.pop();
                    case PROPERTY_NAME -> {
                        String name = parser.currentName();
                        Level level = levels.element();
                        level.field = name;
                        if (!level.seen.add(name)) {
                            found.add(level.path.isEmpty() ? name : level.path + "." + name);
                        }
                    }
                    default -> next(levels);
                }
            }
        }
        return found;
    }

    /// The path of the value that begins now.
    private static String next(Deque<Level> levels) {
        Level level = levels.peek();
        if (level == null) {
            return "";
        }
        if (level.isArray) {
            return level.path + "[" + level.index++ + "]";
        }
        return level.path.isEmpty() ? level.field : level.path + "." + level.field;
    }

    private static final class Level {
        final String path;
        final boolean isArray;
        final Set<String> seen = new HashSet<>();
        String field = "";
        int index;

        Level(String path, boolean isArray) {
            this.path = path;
            this.isArray = isArray;
        }
    }
}
