package dev.longshore.model;

import java.time.Instant;
import java.util.List;

/// How a kind is shown as a `meta.k8s.io/v1 Table`. Thread-safe.
public interface Table {

    /// The columns, `Name` first.
    List<Column> columns();

    /// The cells of one object, one for each column: strings, numbers or booleans.
    List<Object> cells(Resource object, Instant now);

    /// What is to be said of an object's row as a whole.
    default List<Condition> conditions(Resource object) {
        return List.of();
    }

    /// The objects of a list in the order in which their rows are shown.
    default List<Resource> ordered(List<Resource> objects) {
        return objects;
    }

    /// What is so about a row.
    ///
    /// @param type `Completed`, the only one that there is
    record Condition(String type, String reason, String message) {}

    /// A column.
    ///
    /// @param type OpenAPI's: `string`, `integer`, `number`, `boolean`, `date`
    /// @param format `name` for the Name column, else mostly empty
    /// @param priority 0 is always shown, 1 with `-o wide`
    record Column(String name, String type, String format, String description, int priority) {}
}
