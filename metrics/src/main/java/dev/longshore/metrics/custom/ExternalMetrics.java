package dev.longshore.metrics.custom;

import dev.longshore.base.Json;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.LabelSelector;
import dev.longshore.model.OpenResources;
import dev.longshore.model.Registry;
import dev.longshore.model.Times;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `external.metrics.k8s.io`: what pods of a namespace, exporters as a rule, tell of the world outside; one item for
/// each series.
record ExternalMetrics(Figures figures) implements OpenResources {

    private static final String VERSION = "external.metrics.k8s.io/v1beta1";

    @Override
    public List<ObjectNode> resources() {
        return figures.names().stream().map(ExternalMetrics::entry).toList();
    }

    private static ObjectNode entry(String metric) {
        ObjectNode entry = Json.object()
                .put("name", metric)
                .put("singularName", "")
                .put("namespaced", true)
                .put("kind", "ExternalMetricValueList");
        entry.putArray("verbs").add("get");
        return entry;
    }

    @Override
    public ObjectNode read(Place place, Registry registry) {
        if (place.namespace().isEmpty() || !place.name().isEmpty()) {
            throw new FaultException(new Fault.NoSuchPath());
        }
        LabelSelector wanted = LabelSelector.parse(place.labelSelector());
        List<Figure> all = figures.bySeries(place.namespace(), place.resource(), wanted);
        if (all.isEmpty()) {
            throw new FaultException(new Fault.Missing(
                    "the server could not find the metric %s for namespaces".formatted(place.resource())));
        }
        ObjectNode list = Json.object().put("kind", "ExternalMetricValueList").put("apiVersion", VERSION);
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        for (Figure figure : all) {
            ObjectNode item = items.addObject().put("metricName", place.resource());
            ObjectNode labels = item.putObject("metricLabels");
            new TreeMap<>(figure.labels()).forEach(labels::put);
            item.put("timestamp", Times.print(figure.at()));
            figure.window().ifPresent(window -> item.put("window", window.toSeconds()));
            item.put("value", Figures.quantity(figure.value()));
        }
        return list;
    }
}
