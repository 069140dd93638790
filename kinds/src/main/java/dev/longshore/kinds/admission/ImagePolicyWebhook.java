package dev.longshore.kinds.admission;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kinds.authorization.webhook.ReviewCall;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Has a back end say which images pods may have.
final class ImagePolicyWebhook implements Admission {

    private static final Logger log = LoggerFactory.getLogger(ImagePolicyWebhook.class);
    private static final String NOTES = "imagepolicywebhook.image-policy.k8s.io/";
    private static final String EPHEMERAL = "ephemeralcontainers";

    private final ImagePolicySettings settings;
    private final ImageReviews reviews;

    /// @param configuration an `imagePolicy`
    /// @throws IllegalArgumentException if it says what cannot be
    ImagePolicyWebhook(JsonNode configuration, ReviewCall.Finder backEnds, Time time, RandomGenerator randomness) {
        this.settings = ImagePolicySettings.read(configuration);
        this.reviews = new ImageReviews(settings, backEnds.find(settings.kubeconfig()), time, randomness);
    }

    @Override
    public String name() {
        return "ImagePolicyWebhook";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isWrite = attempt.operation() == Operation.CREATE || attempt.operation() == Operation.UPDATE;
        boolean isOfPods = attempt.resource().equals(Attempts.PODS)
                && List.of("", EPHEMERAL).contains(attempt.subresource());
        if (!isWrite || !isOfPods || attempt.object().isEmpty()) {
            return;
        }
        ImageReviews.Answer answer;
        try {
            answer = reviews.ask(
                    spec(attempt, attempt.object().get()), attempt.call().deadline());
        } catch (IOException silent) {
            if (!settings.isOpen()) {
                throw Attempts.forbidden(attempt, silent.getMessage());
            }
            log.warn("images are let in though their back end says nothing: {}", silent.getMessage());
            attempt.call().notes().add(NOTES + "failed-open", "true");
            return;
        }
        answer.notes().forEach((key, value) -> attempt.call().notes().add(NOTES + key, value));
        if (!answer.isAllowed()) {
            throw Attempts.forbidden(
                    attempt,
                    answer.reason().isEmpty()
                            ? "one or more images rejected by webhook backend"
                            : "image policy webhook backend denied one or more images: " + answer.reason());
        }
    }

    private static ObjectNode spec(Attempt attempt, Resource pod) {
        ObjectNode spec = Json.object();
        List<String> lists = attempt.subresource().equals(EPHEMERAL)
                ? List.of("ephemeralContainers")
                : List.of("containers", "initContainers");
        for (String list : lists) {
            for (ObjectNode container : Trees.list(pod.tree(), "spec", list)) {
                ArrayNode images = spec.withArray("containers");
                String image = Trees.text(container, "image");
                if (image.isEmpty()) {
                    images.addObject();
                } else {
                    images.addObject().put("image", image);
                }
            }
        }
        Map<String, String> annotations = new TreeMap<>(Trees.texts(pod.tree(), "metadata", "annotations"));
        annotations.keySet().removeIf(key -> !key.contains(".image-policy.k8s.io/"));
        if (!annotations.isEmpty()) {
            annotations.forEach(spec.putObject("annotations")::put);
        }
        return spec.put("namespace", attempt.namespace());
    }
}
