package dev.longshore.model;

import java.time.Instant;
import java.util.List;

/// How a kind is shown as a `meta.k8s.io/v1 Table`. Thread-safe.
public interface Table {

    /// The columns, `Name` first.
    List<Column> columns();

    /// The cells of one object, one for each column: strings, numbers or booleans.
    List<Object> cells(Resource object, Instant now);

    /// A column.
    ///
    /// @param type OpenAPI's: `string`, `integer`, `number`, `boolean`, `date`
    /// @param format `name` for the Name column, else mostly empty
    /// @param priority 0 is always shown, 1 with `-o wide`
    record Column(String name, String type, String format, String description, int priority) {}
}
