package dev.longshore.scheduler.framework;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a container of a pod asks for, where the pod asks for resources that devices may stand for.
///
/// @param index its place among the init containers and, behind these, the others
/// @param isShortLived an init container that ends before the next one begins
/// @param requests resource to amount, as in [PodView#requests]
public record ContainerNeed(int index, String container, boolean isShortLived, Map<String, Long> requests) {

    /// What comes before the name of a class where a resource's name speaks of the class.
    public static final String CLASS_PREFIX = "deviceclass.resource.kubernetes.io/";

    private static final String OURS = "kubernetes.io/";
    private static final String QUOTA = "requests.";

    /// The containers of `pod`; none if it asks for no such resource.
    static List<ContainerNeed> of(Pod pod, Map<String, Long> requests) {
        boolean isPlain =
                requests.entrySet().stream().noneMatch(entry -> entry.getValue() > 0 && isDeviceName(entry.getKey()));
        if (isPlain) {
            return List.of();
        }
        var needs = new ArrayList<ContainerNeed>();
        for (Container init : pod.getSpec().getInitContainers()) {
            needs.add(new ContainerNeed(
                    needs.size(), init.getName(), !"Always".equals(init.getRestartPolicy()), Requests.of(init)));
        }
        for (Container container : pod.getSpec().getContainers()) {
            needs.add(new ContainerNeed(needs.size(), container.getName(), false, Requests.of(container)));
        }
        return List.copyOf(needs);
    }

    /// Whether `resource` may be had from a driver of devices: one with a domain that is not Kubernetes' own, or one
    /// that names a class.
    public static boolean isDeviceName(String resource) {
        return resource.startsWith(CLASS_PREFIX)
                || resource.indexOf('/') > 0 && !resource.contains(OURS) && !resource.startsWith(QUOTA);
    }
}
