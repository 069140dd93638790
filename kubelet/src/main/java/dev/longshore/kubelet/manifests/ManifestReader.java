package dev.longshore.kubelet.manifests;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.base.Yaml;
import dev.longshore.kinds.kit.FeatureGates;
import dev.longshore.kinds.pods.PodStrategy;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes a static pod of what a file says: with the defaults and under the rules of the API server, named after
/// the node, bound to it, and known by a hash of all this.
final class ManifestReader {

    private static final int UID_LENGTH = 32;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

    private final String nodeName;
    private final Time time;

    ManifestReader(String nodeName, Time time) {
        this.nodeName = nodeName;
        this.time = time;
    }

    /// The pod that `text`, YAML or JSON, describes.
    ///
    /// @param file its name, which makes pods of equal text in several files different ones
    /// @throws ManifestException when it is none, breaks a rule, or needs objects of the API server
    Pod read(String file, String text) throws ManifestException {
        Resource pod = new Resource(parse(text));
        podOf(pod.tree());
        if (!NAME.matcher(pod.name()).matches()) {
            throw new ManifestException(
                    pod.name().isEmpty()
                            ? "invalid pod: name is needed for the pod"
                            : "invalid pod: metadata.name: \"%s\" is no name of small letters, digits, '-' and '.'"
                                    .formatted(pod.name()));
        }
        var strategy = new PodStrategy(FeatureGates.USUAL);
        strategy.applyDefaults(pod);
        complete(pod, file);
        List<Cause> causes = new ArrayList<>(
                strategy.validate(new Call(UserInfo.of("system:node:" + nodeName), false, new ArrayList<>()), pod));
        if (!causes.isEmpty()) {
            throw new ManifestException("invalid pod: "
                    + causes.stream()
                            .map(cause -> cause.field() + ": " + cause.message())
                            .collect(Collectors.joining(", ")));
        }
        var needed = ApiReferences.first(pod.tree());
        if (needed.isPresent()) {
            throw new ManifestException("static pods may not reference " + needed.get());
        }
        return podOf(pod.tree());
    }

    /// Also refuses what is of the wrong type somewhere, before any rule looks at it.
    private static Pod podOf(ObjectNode tree) throws ManifestException {
        try {
            return Serialization.unmarshal(new String(Json.bytes(tree), StandardCharsets.UTF_8), Pod.class);
        } catch (IllegalArgumentException | KubernetesClientException wrongType) {
            throw new ManifestException("couldn't parse as pod: " + firstLine(wrongType));
        }
    }

    private static String firstLine(RuntimeException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    private static ObjectNode parse(String text) throws ManifestException {
        List<JsonNode> documents;
        try {
            documents = Yaml.parseAll(text);
        } catch (Json.MalformedException malformed) {
            throw new ManifestException("couldn't parse as pod: " + malformed.getMessage());
        }
        if (documents.size() != 1 || !(documents.getFirst() instanceof ObjectNode tree)) {
            throw new ManifestException("couldn't parse as pod: one object is needed, there are " + documents.size());
        }
        String kind =
                tree.path("apiVersion").asString("") + " " + tree.path("kind").asString("");
        if (!kind.equals("v1 Pod")) {
            throw new ManifestException("couldn't parse as pod: it is \"%s\", not \"v1 Pod\"".formatted(kind.strip()));
        }
        return tree;
    }

    private void complete(Resource pod, String file) {
        ObjectNode metadata = pod.metadata();
        if (metadata.path("uid").asString("").isEmpty()) {
            metadata.put("uid", hash(pod.tree() + "host:" + nodeName + "file:" + file));
        }
        metadata.put("name", pod.name() + "-" + nodeName.toLowerCase(Locale.ROOT));
        if (metadata.path("namespace").asString("").isEmpty()) {
            metadata.put("namespace", "default");
        }
        metadata.withObject("annotations")
                .put(StaticMarks.HASH, metadata.path("uid").asString())
                .put(StaticMarks.SEEN, time.now().toString())
                .put(StaticMarks.SOURCE, StaticMarks.FILE);
        ObjectNode spec = pod.object("spec");
        spec.put("nodeName", nodeName);
        // What is wrong with the node shall not drive away what belongs to the node.
        spec.withArray("tolerations").addObject().put("operator", "Exists").put("effect", "NoExecute");
        pod.tree().remove("status");
        pod.object("status").put("phase", "Pending");
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, UID_LENGTH);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
