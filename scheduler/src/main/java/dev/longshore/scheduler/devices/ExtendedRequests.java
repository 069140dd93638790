package dev.longshore.scheduler.devices;

import dev.longshore.scheduler.framework.ContainerNeed;
import io.fabric8.kubernetes.api.model.ContainerExtendedResourceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/// Requests for the devices that containers ask for as named resources, and which request is for whom. Containers that
/// run side by side have devices of their own; init containers that end borrow those of later ones, and what is
/// missing then is asked for once, for the neediest of them.
///
/// @param requests by name
/// @param mappings who has the devices of which request
record ExtendedRequests(List<DeviceRequest> requests, List<ContainerExtendedResourceRequest> mappings) {

    /// A claim that is to be made.
    record Drafted(ResourceClaim claim, List<ContainerExtendedResourceRequest> mappings) {}

    /// @param classes which class stands for a resource
    static ExtendedRequests of(List<ContainerNeed> needs, SortedMap<String, String> classes) {
        var all = new ExtendedRequests(new ArrayList<>(), new ArrayList<>());
        classes.forEach((resource, type) -> all.add(needs, resource, type));
        all.requests.sort(Comparator.comparing(DeviceRequest::getName));
        return all;
    }

    private void add(List<ContainerNeed> needs, String resource, String type) {
        var lasting = new ArrayList<Optional<DeviceRequest>>();
        for (ContainerNeed need : needs) {
            lasting.add(need.isShortLived() ? Optional.empty() : request(need, resource, type, List.of(), mappings));
        }
        var passing = new ArrayList<ContainerExtendedResourceRequest>();
        Optional<DeviceRequest> largest = Optional.empty();
        Set<String> smaller = new HashSet<>();
        for (ContainerNeed need : needs) {
            if (!need.isShortLived()) {
                continue;
            }
            List<DeviceRequest> later = lasting.subList(need.index(), lasting.size()).stream()
                    .flatMap(Optional::stream)
                    .toList();
            Optional<DeviceRequest> own = request(need, resource, type, later, passing);
            own.ifPresent(request -> smaller.add(request.getName()));
            if (own.isPresent() && (largest.isEmpty() || count(largest.get()) < count(own.get()))) {
                largest = own;
            }
        }
        largest.ifPresent(most -> passing.stream()
                .filter(mapping -> smaller.contains(mapping.getRequestName()))
                .forEach(mapping -> mapping.setRequestName(most.getName())));
        largest.ifPresent(requests::add);
        lasting.forEach(request -> request.ifPresent(requests::add));
        mappings.addAll(passing);
    }

    private static long count(DeviceRequest request) {
        return request.getExactly().getCount();
    }

    /// What a container needs beyond `present`; notes in `mappings` what it uses.
    private static Optional<DeviceRequest> request(
            ContainerNeed need,
            String resource,
            String type,
            List<DeviceRequest> present,
            List<ContainerExtendedResourceRequest> mappings) {
        long wanted = need.requests().getOrDefault(resource, 0L);
        if (wanted <= 0) {
            return Optional.empty();
        }
        long had = 0;
        for (DeviceRequest borrowed : present) {
            had += count(borrowed);
            mappings.add(new ContainerExtendedResourceRequest(need.container(), borrowed.getName(), resource));
            if (had >= wanted) {
                return Optional.empty();
            }
        }
        long place = need.requests().keySet().stream()
                .filter(other -> other.compareTo(resource) < 0)
                .count();
        String name = "container-%d-request-%d".formatted(need.index(), place);
        mappings.add(new ContainerExtendedResourceRequest(need.container(), name, resource));
        return Optional.of(new DeviceRequestBuilder()
                .withName(name)
                .withNewExactly()
                .withDeviceClassName(type)
                .withAllocationMode("ExactCount")
                .withCount(wanted - had)
                .endExactly()
                .build());
    }
}
