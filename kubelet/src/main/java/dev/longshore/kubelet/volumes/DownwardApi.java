package dev.longshore.kubelet.volumes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a pod may know of itself, by field path.
public final class DownwardApi {

    private static final Pattern ONE = Pattern.compile("metadata\\.(labels|annotations)\\['(.+)'\\]");

    private DownwardApi() {}

    /// The value of a `fieldRef`.
    ///
    /// @throws VolumeException when there is no such field
    public static String field(PodContext context, String path) {
        Pod pod = context.pod();
        Matcher one = ONE.matcher(path);
        if (one.matches()) {
            Map<String, String> all = one.group(1).equals("labels")
                    ? pod.getMetadata().getLabels()
                    : pod.getMetadata().getAnnotations();
            return all == null ? "" : all.getOrDefault(one.group(2), "");
        }
        return switch (path) {
            case "metadata.name" -> pod.getMetadata().getName();
            case "metadata.namespace" -> pod.getMetadata().getNamespace();
            case "metadata.uid" -> pod.getMetadata().getUid();
            case "metadata.labels" -> lines(pod.getMetadata().getLabels());
            case "metadata.annotations" -> lines(pod.getMetadata().getAnnotations());
            case "spec.nodeName" -> orEmpty(pod.getSpec().getNodeName());
            case "spec.serviceAccountName" -> orEmpty(pod.getSpec().getServiceAccountName());
            case "status.hostIP" -> first(context.hostAddresses());
            case "status.hostIPs" -> String.join(",", context.hostAddresses());
            case "status.podIP" -> first(context.podAddresses());
            case "status.podIPs" -> String.join(",", context.podAddresses());
            default -> throw new VolumeException("unsupported fieldPath: " + path);
        };
    }

    /// The value of a `resourceFieldRef`; `own` is the container it stands in, if it stands in one.
    ///
    /// @throws VolumeException when there is no such container or resource
    public static String resource(PodContext context, ResourceFieldSelector selector, List<Container> own) {
        Container container = container(context.pod(), selector, own);
        String[] parts = selector.getResource().split("\\.", 2);
        if (parts.length != 2) {
            throw new VolumeException("unsupported container resource : " + selector.getResource());
        }
        var requirements = container.getResources();
        Map<String, Quantity> requests =
                requirements == null || requirements.getRequests() == null ? Map.of() : requirements.getRequests();
        Map<String, Quantity> limits =
                requirements == null || requirements.getLimits() == null ? Map.of() : requirements.getLimits();
        Quantity amount =
                switch (parts[0]) {
                    case "limits" ->
                        limits.getOrDefault(parts[1], context.allocatable().get(parts[1]));
                    case "requests" -> requests.getOrDefault(parts[1], limits.get(parts[1]));
                    default -> throw new VolumeException("unsupported container resource : " + selector.getResource());
                };
        return divided(amount, selector.getDivisor());
    }

    private static Container container(Pod pod, ResourceFieldSelector selector, List<Container> own) {
        String name = orEmpty(selector.getContainerName());
        if (name.isEmpty() && !own.isEmpty()) {
            return own.getFirst();
        }
        var all = new ArrayList<>(pod.getSpec().getContainers());
        all.addAll(pod.getSpec().getInitContainers());
        return all.stream()
                .filter(candidate -> candidate.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new VolumeException("container %s not found".formatted(name)));
    }

    private static String divided(Quantity amount, Quantity divisor) {
        if (amount == null) {
            return "0";
        }
        BigDecimal by = divisor == null ? BigDecimal.ONE : divisor.getNumericalAmount();
        return amount.getNumericalAmount()
                .divide(by.signum() == 0 ? BigDecimal.ONE : by, 0, RoundingMode.CEILING)
                .toPlainString();
    }

    private static String lines(Map<String, String> entries) {
        return entries == null
                ? ""
                : new TreeMap<>(entries)
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + "=" + quoted(entry.getValue()))
                                .collect(Collectors.joining("\n"));
    }

    private static String quoted(String value) {
        return '"'
                + value.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t")
                        .replace("\r", "\\r")
                + '"';
    }

    private static String first(List<String> addresses) {
        return addresses.isEmpty() ? "" : addresses.getFirst();
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}
