package dev.longshore.metrics.custom;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;

/// Where a pod tells its metrics, as its annotations say:
///
/// | Annotation | |
/// |---|---|
/// | `prometheus.io/scrape` | `true`, or nothing is read |
/// | `prometheus.io/port` | else the first TCP port that its containers declare |
/// | `prometheus.io/path` | else `/metrics` |
/// | `prometheus.io/scheme` | `https`, else `http` |
///
/// Pods with the host's network are left out: whatever listens at their address may be somebody else's.
record ScrapeTarget(String scheme, String host, int port, String path) {

    private static final String PREFIX = "prometheus.io/";
    private static final int LAST_PORT = 65_535;

    static Optional<ScrapeTarget> of(Pod pod) {
        Map<String, String> annotations =
                Optional.ofNullable(pod.getMetadata().getAnnotations()).orElse(Map.of());
        boolean isWanted = "true".equals(annotations.get(PREFIX + "scrape"))
                && !Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
        String host = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
        Optional<Integer> port = port(annotations.get(PREFIX + "port"), pod);
        String path = annotations.getOrDefault(PREFIX + "path", "/metrics");
        String scheme = annotations.getOrDefault(PREFIX + "scheme", "http");
        boolean isSane = isPath(path) && (scheme.equals("http") || scheme.equals("https"));
        return isWanted && isSane && host != null && port.isPresent()
                ? Optional.of(new ScrapeTarget(scheme, host, port.get(), path))
                : Optional.empty();
    }

    private static Optional<Integer> port(String annotation, Pod pod) {
        if (annotation == null) {
            return pod.getSpec().getContainers().stream()
                    .flatMap(container -> container.getPorts().stream())
                    .filter(port ->
                            port.getProtocol() == null || port.getProtocol().equals("TCP"))
                    .map(ContainerPort::getContainerPort)
                    .findFirst();
        }
        boolean isNumber = annotation.matches("\\d{1,5}");
        return Optional.of(annotation)
                .filter(text -> isNumber)
                .map(Integer::valueOf)
                .filter(port -> port >= 1 && port <= LAST_PORT);
    }

    /// One that fits into the first line of a request.
    private static boolean isPath(String path) {
        return path.startsWith("/") && path.chars().allMatch(sign -> sign > ' ' && sign < 0x7f);
    }
}
