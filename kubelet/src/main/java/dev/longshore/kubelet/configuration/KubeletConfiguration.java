package dev.longshore.kubelet.configuration;

import dev.longshore.base.GoDurations;
import dev.longshore.base.Json;
import io.fabric8.kubernetes.api.model.Taint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The kubelet's configuration: `KubeletConfiguration` of `kubelet.config.k8s.io/v1beta1`, as Kubernetes 1.36 has
/// it, with the original's defaults for what nobody set. What is read here is what `/configz` serves. Immutable.
///
/// Fields are asked for by their path, as `authentication.webhook.enabled`; a path that does not exist is a bug and
/// throws `IllegalArgumentException`.
public final class KubeletConfiguration {

    private static final Map<String, String> USUAL_HARD = Map.of(
            "memory.available", "100Mi",
            "nodefs.available", "10%",
            "nodefs.inodesFree", "5%",
            "imagefs.available", "15%",
            "imagefs.inodesFree", "5%");

    private final ObjectNode given;

    private KubeletConfiguration(ObjectNode given) {
        this.given = given;
    }

    /// The original's defaults.
    public static KubeletConfiguration usual() {
        return new KubeletConfiguration(Json.object()).checked();
    }

    /// What a node gets whose user gave no file: the original's defaults, but that the disk may fill up to the last
    /// gibibyte, as on a laptop it does, and that images are not cleared away before that and come four at a time;
    /// process ids count, and cgroups of version 1 are good enough.
    public static KubeletConfiguration ofLaptop() {
        ObjectNode given = Json.object()
                .put("imageGCHighThresholdPercent", 100)
                .put("failCgroupV1", false)
                .put("serializeImagePulls", false)
                .put("maxParallelImagePulls", 4);
        given.putObject("evictionHard")
                .put("memory.available", "100Mi")
                .put("nodefs.available", "1Gi")
                .put("nodefs.inodesFree", "5%")
                .put("imagefs.available", "1Gi")
                .put("imagefs.inodesFree", "5%")
                .put("pid.available", "5%");
        return new KubeletConfiguration(given).checked();
    }

    /// Out of a YAML or JSON file.
    ///
    /// @throws ConfigurationException naming the file and every field that is wrong
    public static KubeletConfiguration read(Path file) {
        ObjectNode given = ConfigurationReader.read(file);
        try {
            return new KubeletConfiguration(given).checked();
        } catch (ConfigurationException wrong) {
            throw new ConfigurationException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    /// Out of YAML or JSON.
    ///
    /// @throws ConfigurationException naming every field that is wrong
    public static KubeletConfiguration parse(String text) {
        return new KubeletConfiguration(ConfigurationReader.read(text)).checked();
    }

    private KubeletConfiguration checked() {
        if (!given.has("evictionHard") || flag("mergeDefaultEvictionSettings")) {
            ObjectNode hard = given.withObject("/evictionHard");
            USUAL_HARD.forEach((signal, value) -> {
                if (!hard.has(signal)) {
                    hard.put(signal, value);
                }
            });
        }
        List<String> errors = new ConfigurationRules(this).errors();
        if (!errors.isEmpty()) {
            throw new ConfigurationException("invalid configuration: " + String.join("; ", errors));
        }
        return this;
    }

    /// The same with what the program itself decides, as the port it found free.
    public KubeletConfiguration with(String path, JsonNode value) {
        ConfigurationFields.Field field = ConfigurationFields.of(path);
        if (!field.kind().fits(value)) {
            throw new IllegalArgumentException(path + " is no " + value);
        }
        ObjectNode other = given.deepCopy();
        set(other, path, value);
        return new KubeletConfiguration(other).checked();
    }

    /// The same with a number.
    public KubeletConfiguration with(String path, long value) {
        return with(path, Json.mapper().getNodeFactory().numberNode(value));
    }

    /// The same with a text.
    public KubeletConfiguration with(String path, String value) {
        return with(path, Json.mapper().getNodeFactory().stringNode(value));
    }

    /// Whether the user, or the program, set it.
    public boolean isSet(String path) {
        return !raw(path).isMissingNode();
    }

    /// A switch; false if there is neither value nor default.
    public boolean flag(String path) {
        return value(path).map(JsonNode::booleanValue).orElse(false);
    }

    /// A number; empty if there is neither value nor default.
    public OptionalLong number(String path) {
        return value(path).map(JsonNode::longValue).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /// A number that has a default, or else is zero.
    public long count(String path) {
        return number(path).orElse(0);
    }

    /// A text; empty if there is neither value nor default.
    public String text(String path) {
        return value(path).map(JsonNode::stringValue).orElse("");
    }

    /// A span of time; zero if there is neither value nor default. One that is set to zero, where zero has no
    /// meaning of its own, is the default.
    public Duration duration(String path) {
        Optional<Duration> own =
                Optional.of(raw(path)).filter(JsonNode::isString).map(text -> GoDurations.parse(text.stringValue()));
        if (own.isPresent() && !own.get().isZero()) {
            return own.get();
        }
        if (path.equals("nodeStatusReportFrequency") && isSet("nodeStatusUpdateFrequency")) {
            return duration("nodeStatusUpdateFrequency");
        }
        return ConfigurationFields.of(path)
                .usual()
                .map(text -> GoDurations.parse(text.stringValue()))
                .orElse(Duration.ZERO);
    }

    /// A list of texts.
    public List<String> texts(String path) {
        var texts = new ArrayList<String>();
        value(path).ifPresent(values -> values.forEach(text -> texts.add(text.stringValue())));
        return List.copyOf(texts);
    }

    /// A map of texts, in the order of the file.
    public Map<String, String> map(String path) {
        var map = new LinkedHashMap<String, String>();
        value(path)
                .ifPresent(values -> values.properties()
                        .forEach(entry ->
                                map.put(entry.getKey(), entry.getValue().stringValue())));
        return map;
    }

    /// `registerWithTaints`.
    public List<Taint> taints() {
        var taints = new ArrayList<Taint>();
        value("registerWithTaints")
                .ifPresent(values -> values.forEach(taint -> taints.add(new Taint(
                        taint.path("effect").asString(""),
                        taint.path("key").asString(""),
                        null,
                        taint.path("value").asString("")))));
        return List.copyOf(taints);
    }

    /// A feature gate; `usual` if it is not named.
    public boolean gate(String name, boolean usual) {
        return raw("featureGates").path(name).asBoolean(usual);
    }

    /// Whatever is there, as a tree of its own; empty if there is neither value nor default.
    public Optional<JsonNode> value(String path) {
        ConfigurationFields.Field field = ConfigurationFields.of(path);
        JsonNode own = raw(path);
        return own.isMissingNode() ? field.usual() : Optional.of(own.deepCopy());
    }

    /// The fields that are set and that nothing here acts on.
    public List<String> unused() {
        return ConfigurationFields.all().values().stream()
                .filter(field -> !field.isUsed() && isSet(field.path()))
                .map(ConfigurationFields.Field::path)
                .toList();
    }

    /// The whole of it with every default, as `/configz` shows it under `kubeletconfig`.
    public ObjectNode document() {
        ObjectNode document = Json.object();
        for (ConfigurationFields.Field field : ConfigurationFields.all().values()) {
            if (field.kind() == ConfigurationFields.Kind.DURATION) {
                if (isSet(field.path()) || field.usual().isPresent()) {
                    var span = GoDurations.print(duration(field.path()));
                    set(document, field.path(), Json.mapper().getNodeFactory().stringNode(span));
                }
            } else {
                value(field.path()).ifPresent(value -> set(document, field.path(), value));
            }
        }
        document.withObject("/authentication/x509");
        document.withObject("/memorySwap");
        document.put("kind", ConfigurationReader.KIND).put("apiVersion", ConfigurationReader.VERSION);
        return document;
    }

    /// The thresholds at which the node is short of something.
    public List<EvictionThreshold> thresholds() {
        return EvictionThreshold.of(this);
    }

    private JsonNode raw(String path) {
        ConfigurationFields.of(path);
        JsonNode at = given;
        for (String name : path.split("\\.")) {
            at = at.path(name);
        }
        return at;
    }

    private static void set(ObjectNode tree, String path, JsonNode value) {
        String[] names = path.split("\\.");
        ObjectNode at = tree;
        for (int i = 0; i < names.length - 1; i++) {
            at = at.get(names[i]) instanceof ObjectNode below ? below : at.putObject(names[i]);
        }
        at.set(names[names.length - 1], value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KubeletConfiguration configuration && configuration.given.equals(given);
    }

    @Override
    public int hashCode() {
        return given.hashCode();
    }

    @Override
    public String toString() {
        return "KubeletConfiguration" + given;
    }
}
