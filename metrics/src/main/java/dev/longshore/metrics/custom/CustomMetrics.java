package dev.longshore.metrics.custom;

import dev.longshore.base.Json;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.LabelSelector;
import dev.longshore.model.OpenResources;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Times;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `custom.metrics.k8s.io`: metrics of pods, of namespaces, and of any other object of a namespace, which are the sum
/// over the series that name the object in a label or, where there are none, over the pods that it selects.
///
/// @param kinds what is built in, by `PLURAL[.GROUP]`
record CustomMetrics(String version, Figures figures, Map<String, ResourceDefinition> kinds) implements OpenResources {

    private static final String GROUP = "custom.metrics.k8s.io";
    private static final GroupResource PODS = new GroupResource("", "pods");
    private static final GroupResource NAMESPACES = new GroupResource("", "namespaces");
    private static final String ALL = "*";

    @Override
    public List<ObjectNode> resources() {
        var resources = new ArrayList<ObjectNode>();
        for (String metric : figures.names()) {
            resources.add(entry("namespaces/" + metric, false));
            resources.add(entry("pods/" + metric, true));
            resources.add(entry("services/" + metric, true));
        }
        resources.sort(Comparator.comparing(entry -> entry.path("name").asString()));
        return resources;
    }

    private static ObjectNode entry(String name, boolean isNamespaced) {
        ObjectNode entry = Json.object()
                .put("name", name)
                .put("singularName", "")
                .put("namespaced", isNamespaced)
                .put("kind", "MetricValueList");
        entry.putArray("verbs").add("get");
        return entry;
    }

    @Override
    public ObjectNode read(Place place, Registry registry) {
        LabelSelector series = LabelSelector.parse(place.metricLabelSelector());
        if (place.namespace().isEmpty() || place.name().isEmpty()) {
            throw unknown(place.subresource(), place.resource());
        }
        ObjectNode list = Json.object().put("kind", "MetricValueList").put("apiVersion", GROUP + "/" + version);
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        if (place.resource().equals("metrics") && place.subresource().isEmpty()) {
            items.add(ofNamespace(place, series, registry));
            return list;
        }
        if (place.subresource().isEmpty()) {
            throw new FaultException(new Fault.NoSuchPath());
        }
        GroupResource resource = resource(place.resource());
        if (resource.equals(PODS)) {
            ofPods(place, series).forEach(items::add);
        } else {
            ofObjects(place, resource, series, registry).forEach(items::add);
        }
        return list;
    }

    private ObjectNode ofNamespace(Place place, LabelSelector series, Registry registry) {
        require(registry, NAMESPACES, "", place.namespace());
        Figure sum = figures.sum(figures.pods(place.namespace()), place.name(), series)
                .orElseThrow(() -> unknown(place.name(), "namespaces", place.namespace()));
        return item(new Described("Namespace", "v1", "", place.namespace()), place.name(), sum, place);
    }

    private List<ObjectNode> ofPods(Place place, LabelSelector series) {
        LabelSelector selector = LabelSelector.parse(place.labelSelector());
        List<Pod> pods = figures.pods(place.namespace()).stream()
                .filter(pod -> place.name().equals(ALL)
                        ? selector.fits(labels(pod))
                        : pod.getMetadata().getName().equals(place.name()))
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .toList();
        var items = new ArrayList<ObjectNode>();
        for (Pod pod : pods) {
            var meta = pod.getMetadata();
            figures.sum(List.of(pod), place.subresource(), series)
                    .ifPresent(sum -> items.add(item(
                            new Described("Pod", "v1", meta.getNamespace(), meta.getName()),
                            place.subresource(),
                            sum,
                            place)));
        }
        if (items.isEmpty()) {
            throw place.name().equals(ALL)
                    ? unknown(place.subresource(), place.resource())
                    : unknown(place.subresource(), place.resource(), place.name());
        }
        return items;
    }

    private List<ObjectNode> ofObjects(Place place, GroupResource resource, LabelSelector series, Registry registry) {
        List<Resource> objects = place.name().equals(ALL)
                ? selected(registry.list(resource, place.namespace()), place.labelSelector())
                : List.of(require(registry, resource, place.namespace(), place.name()));
        var items = new ArrayList<ObjectNode>();
        for (Resource object : objects) {
            ofObject(object, resource, place, series)
                    .ifPresent(figure -> items.add(item(
                            new Described(
                                    object.kind().kind(),
                                    object.kind().apiVersion(),
                                    object.namespace(),
                                    object.name()),
                            place.subresource(),
                            figure,
                            place)));
        }
        if (items.isEmpty()) {
            throw place.name().equals(ALL)
                    ? unknown(place.subresource(), place.resource())
                    : unknown(place.subresource(), place.resource(), place.name());
        }
        return items;
    }

    private static List<Resource> selected(List<Resource> objects, String selector) {
        LabelSelector wanted = LabelSelector.parse(selector);
        return objects.stream().filter(object -> wanted.fits(object.labels())).toList();
    }

    private Optional<Figure> ofObject(Resource object, GroupResource resource, Place place, LabelSelector series) {
        List<Pod> pods = figures.pods(place.namespace());
        String label = singular(resource);
        Optional<Figure> named = pods.stream()
                .flatMap(pod -> figures.of(pod, place.subresource(), series).stream())
                .filter(figure -> object.name().equals(figure.labels().get(label)))
                .reduce(Figure::plus);
        return named.or(() -> podSelector(object)
                .flatMap(selector -> figures.sum(
                        pods.stream().filter(pod -> selector.fits(labels(pod))).toList(),
                        place.subresource(),
                        series)));
    }

    /// Which pods are the object's: workloads have a selector, Services and ReplicationControllers plain labels.
    private static Optional<LabelSelector> podSelector(Resource object) {
        return object.find("spec", "selector")
                .filter(selector -> selector.isObject() && !selector.isEmpty())
                .map(selector -> {
                    boolean isStructured = selector.has("matchLabels") || selector.has("matchExpressions");
                    if (isStructured) {
                        return LabelSelector.of(selector);
                    }
                    ObjectNode structured = Json.object();
                    structured.set("matchLabels", selector);
                    return LabelSelector.of(structured);
                });
    }

    private String singular(GroupResource resource) {
        return Optional.ofNullable(kinds.get(resource.toString()))
                .map(kind -> kind.names().singular())
                .orElseGet(() -> resource.resource().replaceFirst("s$", ""));
    }

    private Resource require(Registry registry, GroupResource resource, String namespace, String name) {
        return registry.get(resource, namespace, name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(resource, name)));
    }

    private static Map<String, String> labels(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of());
    }

    /// `PLURAL[.GROUP]`.
    private static GroupResource resource(String text) {
        int dot = text.indexOf('.');
        return dot < 0
                ? new GroupResource("", text)
                : new GroupResource(text.substring(dot + 1), text.substring(0, dot));
    }

    private record Described(String kind, String apiVersion, String namespace, String name) {}

    private ObjectNode item(Described object, String metric, Figure figure, Place place) {
        boolean isOlder = version.equals("v1beta1");
        ObjectNode item = Json.object();
        ObjectNode described = item.putObject("describedObject").put("kind", object.kind);
        if (!object.namespace.isEmpty()) {
            described.put("namespace", object.namespace);
        }
        described.put("name", object.name).put("apiVersion", object.apiVersion);
        ObjectNode named = isOlder ? item : item.putObject("metric");
        named.put(isOlder ? "metricName" : "name", metric);
        item.put("timestamp", Times.print(figure.at()));
        figure.window().ifPresent(window -> item.put(isOlder ? "window" : "windowSeconds", window.toSeconds()));
        item.put("value", Figures.quantity(figure.value()));
        if (place.metricLabelSelector().isEmpty()) {
            named.putNull("selector");
        } else {
            named.set("selector", structured(place.metricLabelSelector()));
        }
        return item;
    }

    private static ObjectNode structured(String selector) {
        ObjectNode node = Json.object();
        ArrayNode expressions = node.putArray("matchExpressions");
        for (LabelSelector.Requirement requirement :
                LabelSelector.parse(selector).requirements()) {
            ObjectNode expression = expressions.addObject().put("key", requirement.key());
            switch (requirement.operator()) {
                case IN -> expression.put("operator", "In");
                case NOT_IN -> expression.put("operator", "NotIn");
                case EXISTS -> expression.put("operator", "Exists");
                case MISSING -> expression.put("operator", "DoesNotExist");
                // For these two, objects borrow the words of node selectors.
                case GREATER -> expression.put("operator", "Gt");
                case LESS -> expression.put("operator", "Lt");
            }
            requirement.values().forEach(expression.withArray("values")::add);
        }
        return node;
    }

    private static FaultException unknown(String metric, String resource) {
        return new FaultException(
                new Fault.Missing("the server could not find the metric %s for %s".formatted(metric, resource)));
    }

    private static FaultException unknown(String metric, String resource, String name) {
        return new FaultException(new Fault.Missing(
                "the server could not find the metric %s for %s %s".formatted(metric, resource, name)));
    }
}
