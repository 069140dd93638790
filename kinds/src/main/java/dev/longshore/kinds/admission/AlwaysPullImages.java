package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Cause;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Every start of a container asks the registry, so that nobody uses another's image that happens to be on the node.
final class AlwaysPullImages implements Admission {

    private static final String ALWAYS = "Always";
    private static final List<String> LISTS = List.of("initContainers", "containers", "ephemeralContainers");

    @Override
    public String name() {
        return "AlwaysPullImages";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        if (isMeant(attempt)) {
            Resource pod = attempt.object().orElseThrow();
            containers(pod).forEach(container -> container.put("imagePullPolicy", ALWAYS));
            Trees.list(pod.tree(), "spec", "volumes").stream()
                    .flatMap(volume -> Trees.object(volume, "image").stream())
                    .forEach(image -> image.put("pullPolicy", ALWAYS));
        }
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        if (!isMeant(attempt)) {
            return;
        }
        Resource pod = attempt.object().orElseThrow();
        var wrong = new ArrayList<String>();
        for (String list : LISTS) {
            Trees.each(pod.at("spec"), "spec", list, (path, container) -> {
                check(path + ".imagePullPolicy", Trees.text(container, "imagePullPolicy"), wrong);
            });
        }
        Trees.each(pod.at("spec"), "spec", "volumes", (path, volume) -> {
            if (Trees.has(volume, "image")) {
                check(path + ".image.pullPolicy", Trees.text(volume, "image", "pullPolicy"), wrong);
            }
        });
        if (!wrong.isEmpty()) {
            throw Attempts.forbidden(attempt, String.join(", ", wrong));
        }
    }

    private static void check(String path, String policy, List<String> wrong) {
        if (!policy.equals(ALWAYS)) {
            Cause cause = Cause.unsupported(path, Cause.quote(policy), List.of(ALWAYS));
            wrong.add(path + ": " + cause.message());
        }
    }

    /// New pods, and those that get an image that they did not have.
    private static boolean isMeant(Attempt attempt) {
        if (!Attempts.isOf(attempt, Attempts.PODS)) {
            return false;
        }
        return switch (attempt.operation()) {
            case CREATE -> attempt.object().isPresent();
            case UPDATE ->
                attempt.object().isPresent()
                        && attempt.old().isPresent()
                        && !images(attempt.old().get())
                                .containsAll(images(attempt.object().get()));
            case DELETE, CONNECT -> false;
        };
    }

    private static Set<String> images(Resource pod) {
        return containers(pod).map(container -> Trees.text(container, "image")).collect(Collectors.toSet());
    }

    private static Stream<ObjectNode> containers(Resource pod) {
        return LISTS.stream().flatMap(list -> Trees.list(pod.tree(), "spec", list).stream());
    }
}
