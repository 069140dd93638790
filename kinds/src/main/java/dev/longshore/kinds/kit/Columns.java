package dev.longshore.kinds.kit;

import dev.longshore.model.Resource;
import dev.longshore.model.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Builds a kind's table, column by column.
public final class Columns {

    private static final String TEXT = "string";

    private final List<Table.Column> columns = new ArrayList<>();
    private final List<BiFunction<Resource, Instant, Object>> cells = new ArrayList<>();

    private Function<Resource, List<Table.Condition>> conditions = object -> List.of();
    private Optional<Comparator<Resource>> order = Optional.empty();

    private Columns() {}

    /// A table that begins with the object's name.
    public static Columns named() {
        return new Columns().add("Name", TEXT, "name", 0, "The object's name.", (object, now) -> object.name());
    }

    /// A table that begins with something else.
    public static Columns unnamed() {
        return new Columns();
    }

    /// Name and age: what kinds without a printer of their own show.
    public static Table plain() {
        return named().age().table();
    }

    /// Name and time of creation.
    public static Table stamped() {
        return named().add("Created At", "date", "", 0, "When the object was made.", (object, now) -> creation(object))
                .table();
    }

    /// What is shown of a Scale.
    public static Table scale() {
        return unnamed()
                .text("Name", "The object's name.", Resource::name)
                .number(
                        "Desired",
                        "How many replicas are wanted.",
                        object -> object.at("spec", "replicas").asLong(0))
                .number(
                        "Available",
                        "How many replicas there are.",
                        object -> object.at("status", "replicas").asLong(0))
                .age()
                .table();
    }

    /// The name, told in another way.
    public Columns name(String name, String description, Function<Resource, String> cell) {
        return add(name, TEXT, "name", 0, description, (object, now) -> cell.apply(object));
    }

    /// What is always shown. Kubernetes says `string` of many a number and flag too.
    public Columns text(String name, String description, Function<Resource, ?> cell) {
        return add(name, TEXT, "", 0, description, (object, now) -> cell.apply(object));
    }

    /// A number that is always shown.
    public Columns number(String name, String description, Function<Resource, Long> cell) {
        return add(name, "integer", "", 0, description, (object, now) -> cell.apply(object));
    }

    /// A flag that is always shown.
    public Columns flag(String name, String description, Function<Resource, Boolean> cell) {
        return add(name, "boolean", "", 0, description, (object, now) -> cell.apply(object));
    }

    /// What is shown with `-o wide`.
    public Columns wide(String name, String description, Function<Resource, ?> cell) {
        return add(name, TEXT, "", 1, description, (object, now) -> cell.apply(object));
    }

    /// Text that depends on the time of asking.
    public Columns timed(String name, String description, BiFunction<Resource, Instant, String> cell) {
        return add(name, TEXT, "", 0, description, cell::apply);
    }

    /// The name, for tables that do not begin with it.
    public Columns wideName() {
        return add("Name", TEXT, "name", 1, "The object's name.", (object, now) -> object.name());
    }

    /// Text that depends on the time of asking, shown with `-o wide`.
    public Columns timedWide(String name, String description, BiFunction<Resource, Instant, String> cell) {
        return add(name, TEXT, "", 1, description, cell::apply);
    }

    /// The object's age.
    public Columns age() {
        return timed("Age", "How long ago the object was made.", (object, now) -> Ages.since(creation(object), now));
    }

    /// Text or a number, whatever the column says that it is.
    public Columns cell(String name, String type, String description, Function<Resource, ?> cell) {
        return add(name, type, "", 0, description, (object, now) -> cell.apply(object));
    }

    /// Rows of a list stand in this order.
    public Columns ordered(Comparator<Resource> by) {
        order = Optional.of(by);
        return this;
    }

    /// What is to be said of rows as a whole.
    public Columns conditions(Function<Resource, List<Table.Condition>> of) {
        conditions = of;
        return this;
    }

    /// The table.
    public Table table() {
        return new Built(List.copyOf(columns), List.copyOf(cells), conditions, order);
    }

    private Columns add(
            String name,
            String type,
            String format,
            int priority,
            String description,
            BiFunction<Resource, Instant, Object> cell) {
        columns.add(new Table.Column(name, type, format, description, priority));
        cells.add(cell);
        return this;
    }

    private static String creation(Resource object) {
        return object.text("metadata", "creationTimestamp");
    }

    private record Built(
            List<Column> columns,
            List<BiFunction<Resource, Instant, Object>> makers,
            Function<Resource, List<Condition>> sayings,
            Optional<Comparator<Resource>> order)
            implements Table {
        @Override
        public List<Condition> conditions(Resource object) {
            return sayings.apply(object);
        }

        @Override
        public List<Resource> ordered(List<Resource> objects) {
            return order.map(by -> objects.stream().sorted(by).toList()).orElse(objects);
        }

        @Override
        public List<Object> cells(Resource object, Instant now) {
            return makers.stream().map(maker -> maker.apply(object, now)).toList();
        }
    }
}
