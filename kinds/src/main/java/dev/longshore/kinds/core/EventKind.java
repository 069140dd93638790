package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Ages;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Table;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// Something that happened, in both of its spellings: the core group's, in which events are kept, and
/// `events.k8s.io`'s.
final class EventKind {

    private EventKind() {}

    static List<ResourceDefinition> definitions(KindsContext context) {
        KindBuilder core = KindBuilder.kind(context, "v1", "Event", "events")
                .shortNames("ev")
                .noGeneration()
                .createdByPut()
                .ownsNothing()
                .expires(context.eventLife())
                .table(table())
                .checks((checks, event) -> EventChecks.any(checks, event, "reportingComponent"))
                .field("type")
                .field("reason")
                .field("reportingComponent")
                .field("source", EventKind::source);
        KindBuilder news = KindBuilder.kind(context, "events.k8s.io/v1", "Event", "events")
                .shortNames("ev")
                .noGeneration()
                .createdByPut()
                .ownsNothing()
                .expires(context.eventLife())
                .storedAs("v1", new EventConversion())
                .checks((checks, event) -> EventChecks.any(checks, EventChecks.core(event), "reportingController"))
                .newChecks(EventChecks::strict)
                .changeChecks(EventChecks::strictChange)
                .table(table())
                .field("type")
                .field("reason")
                .field("reportingController");
        for (String field : List.of("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")) {
            core.field("involvedObject." + field);
            news.field("regarding." + field);
        }
        return List.of(core.build(), news.build());
    }

    private static String source(Resource event) {
        String component = event.text("source", "component");
        return component.isEmpty() ? event.text("reportingComponent") : component;
    }

    private static Table table() {
        return Columns.unnamed()
                .timed("Last Seen", "When it happened last.", EventKind::lastSeen)
                .text("Type", "Normal or Warning.", event -> event.text("type"))
                .text("Reason", "Why, in one word.", event -> event.text("reason"))
                .text("Object", "What it is about.", EventKind::object)
                .wide("Subobject", "Which part of it.", event -> regarding(event, "fieldPath"))
                .wide("Source", "Who says so.", EventKind::shownSource)
                .text("Message", "What happened.", event -> (event.text("message") + event.text("note")).strip())
                .timedWide("First Seen", "When it happened first.", EventKind::firstSeen)
                .wide("Count", "How often.", EventKind::count)
                .wideName()
                .table();
    }

    private static String regarding(Resource event, String field) {
        return event.text("involvedObject", field) + event.text("regarding", field);
    }

    private static String object(Resource event) {
        String kind = regarding(event, "kind").toLowerCase(Locale.ROOT);
        String name = regarding(event, "name");
        return name.isEmpty() ? kind : kind + "/" + name;
    }

    private static String shownSource(Resource event) {
        String component = event.text("source", "component") + event.text("deprecatedSource", "component");
        if (component.isEmpty()) {
            component = event.text("reportingComponent") + event.text("reportingController");
        }
        String host = event.text("source", "host") + event.text("deprecatedSource", "host");
        if (host.isEmpty()) {
            host = event.text("reportingInstance");
        }
        return host.isEmpty() ? component : component + ", " + host;
    }

    private static String firstSeen(Resource event, Instant now) {
        String first = event.text("firstTimestamp") + event.text("deprecatedFirstTimestamp");
        return Ages.since(first.isEmpty() ? event.text("eventTime") : first, now);
    }

    private static String lastSeen(Resource event, Instant now) {
        String series = event.text("series", "lastObservedTime");
        String last = event.text("lastTimestamp") + event.text("deprecatedLastTimestamp");
        if (!series.isEmpty()) {
            return Ages.since(series, now);
        }
        return last.isEmpty() ? firstSeen(event, now) : Ages.since(last, now);
    }

    private static long count(Resource event) {
        long series = Trees.number(event.tree(), 0, "series", "count");
        long count = Math.max(Trees.number(event.tree(), 0, "count"), Trees.number(event.tree(), 0, "deprecatedCount"));
        return series > 0 ? series : count > 0 ? count : 1;
    }
}
