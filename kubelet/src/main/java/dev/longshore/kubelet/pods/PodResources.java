package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/// What a pod as a whole requests and may use: what the pod itself says, else the sum of the containers that run
/// together or the most that its init phase takes, whichever is more (component-helpers/resource of Kubernetes).
final class PodResources {

    /// What a pod can say for all of its containers together.
    private static boolean isPodLevel(String resource) {
        return resource.equals("cpu") || resource.equals("memory") || resource.startsWith("hugepages-");
    }

    private PodResources() {}

    /// What it requests of `resource`, overhead included; zero for nothing.
    static BigDecimal request(Pod pod, String resource) {
        BigDecimal own = amount(podLevel(pod, ResourceRequirements::getRequests), resource);
        BigDecimal all = isPodLevel(resource) && has(podLevel(pod, ResourceRequirements::getRequests), resource)
                ? own
                : together(pod, container -> requestOf(container, resource));
        return all.add(amount(pod.getSpec().getOverhead(), resource));
    }

    /// What it may use of `resource`; zero for no limit. It may be more than this that it uses where a container has
    /// no limit: see [#isLimited].
    static BigDecimal limit(Pod pod, String resource) {
        Map<String, Quantity> own = podLevel(pod, ResourceRequirements::getLimits);
        BigDecimal all = isPodLevel(resource) && has(own, resource)
                ? amount(own, resource)
                : together(pod, container -> amount(limits(container), resource));
        return all.signum() == 0 ? all : all.add(amount(pod.getSpec().getOverhead(), resource));
    }

    /// Whether the pod itself, or each of its containers, has a limit.
    static boolean isLimited(Pod pod, String resource) {
        return amount(podLevel(pod, ResourceRequirements::getLimits), resource).signum() > 0
                || containers(pod).stream()
                        .allMatch(
                                container -> amount(limits(container), resource).signum() > 0);
    }

    /// Whether each container of one requests as much as the same of the other, which has the same containers.
    static boolean isSameRequest(Pod one, Pod other, String resource) {
        List<Container> own = containers(one);
        List<Container> others = containers(other);
        return IntStream.range(0, Math.min(own.size(), others.size()))
                .allMatch(i ->
                        amount(requests(own.get(i)), resource).compareTo(amount(requests(others.get(i)), resource))
                                == 0);
    }

    /// The names of the huge pages that it requests.
    static List<String> hugePages(Pod pod) {
        var names = new TreeSet<String>(
                podLevel(pod, ResourceRequirements::getRequests).keySet());
        containers(pod).forEach(container -> names.addAll(requests(container).keySet()));
        names.removeIf(name -> !name.startsWith("hugepages-"));
        return List.copyOf(names);
    }

    /// The sum of the containers that run together, or the most that the init phase takes, whichever is more.
    private static BigDecimal together(Pod pod, Function<Container, BigDecimal> of) {
        BigDecimal mains = pod.getSpec().getContainers().stream().map(of).reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal sidecars = BigDecimal.ZERO;
        BigDecimal most = BigDecimal.ZERO;
        for (Container container : pod.getSpec().getInitContainers()) {
            BigDecimal own = of.apply(container);
            if ("Always".equals(container.getRestartPolicy())) {
                sidecars = sidecars.add(own);
                most = most.max(sidecars);
            } else {
                most = most.max(sidecars.add(own));
            }
        }
        return mains.add(sidecars).max(most);
    }

    private static BigDecimal requestOf(Container container, String resource) {
        return has(requests(container), resource)
                ? amount(requests(container), resource)
                : amount(limits(container), resource);
    }

    /// All that can have resources.
    static List<Container> containers(Pod pod) {
        var all = new ArrayList<>(pod.getSpec().getInitContainers());
        all.addAll(pod.getSpec().getContainers());
        return all;
    }

    static Map<String, Quantity> podLevel(Pod pod, Function<ResourceRequirements, Map<String, Quantity>> part) {
        ResourceRequirements own = pod.getSpec().getResources();
        return own == null || part.apply(own) == null ? Map.of() : part.apply(own);
    }

    static Map<String, Quantity> requests(Container container) {
        return container.getResources() == null || container.getResources().getRequests() == null
                ? Map.of()
                : container.getResources().getRequests();
    }

    static Map<String, Quantity> limits(Container container) {
        return container.getResources() == null || container.getResources().getLimits() == null
                ? Map.of()
                : container.getResources().getLimits();
    }

    private static boolean has(Map<String, Quantity> amounts, String resource) {
        return amounts.containsKey(resource);
    }

    static BigDecimal amount(Map<String, Quantity> amounts, String resource) {
        Quantity quantity = amounts == null ? null : amounts.get(resource);
        return quantity == null ? BigDecimal.ZERO : quantity.getNumericalAmount();
    }
}
