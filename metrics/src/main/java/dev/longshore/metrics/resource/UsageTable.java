package dev.longshore.metrics.resource;

import dev.longshore.model.Resource;
import dev.longshore.model.Table;
import java.time.Instant;
import java.util.List;

/// The columns of metrics-server: what is used, and over how long.
record UsageTable() implements Table {

    static final Table TABLE = new UsageTable();

    private static final List<Column> COLUMNS = List.of(
            new Column("Name", "string", "name", "Name of the resource", 0),
            new Column("cpu", "string", "quantity", "", 0),
            new Column("memory", "string", "quantity", "", 0),
            new Column("Window", "string", "duration", "", 0));

    @Override
    public List<Column> columns() {
        return COLUMNS;
    }

    @Override
    public List<Object> cells(Resource object, Instant now) {
        return List.of(
                object.name(),
                UsageObjects.sum(object, "cpu"),
                UsageObjects.sum(object, "memory"),
                object.text("window"));
    }
}
