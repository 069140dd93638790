package dev.longshore.kubelet.devices;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.kubelet.devices.listing.AllocatableResourcesRequest;
import dev.longshore.kubelet.devices.listing.AllocatableResourcesResponse;
import dev.longshore.kubelet.devices.listing.ContainerDevices;
import dev.longshore.kubelet.devices.listing.ContainerResources;
import dev.longshore.kubelet.devices.listing.DynamicResource;
import dev.longshore.kubelet.devices.listing.GetPodResourcesRequest;
import dev.longshore.kubelet.devices.listing.GetPodResourcesResponse;
import dev.longshore.kubelet.devices.listing.ListPodResourcesRequest;
import dev.longshore.kubelet.devices.listing.ListPodResourcesResponse;
import dev.longshore.kubelet.devices.listing.NumaNode;
import dev.longshore.kubelet.devices.listing.PodResources;
import dev.longshore.kubelet.devices.listing.Topology;
import dev.longshore.kubelet.devices.proto.Device;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.grpc.Status;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Tells monitors which devices containers have (`v1.PodResourcesLister`).
public final class PodResourcesService {

    private static final String NAME = "v1.PodResourcesLister";

    private static final GrpcMethod<ListPodResourcesRequest, ListPodResourcesResponse> LIST = GrpcMethod.unary(
            NAME + "/List",
            ListPodResourcesRequest.getDefaultInstance(),
            ListPodResourcesResponse.getDefaultInstance());
    private static final GrpcMethod<AllocatableResourcesRequest, AllocatableResourcesResponse> ALLOCATABLE =
            GrpcMethod.unary(
                    NAME + "/GetAllocatableResources",
                    AllocatableResourcesRequest.getDefaultInstance(),
                    AllocatableResourcesResponse.getDefaultInstance());
    private static final GrpcMethod<GetPodResourcesRequest, GetPodResourcesResponse> GET = GrpcMethod.unary(
            NAME + "/Get", GetPodResourcesRequest.getDefaultInstance(), GetPodResourcesResponse.getDefaultInstance());

    private final DevicePlugins plugins;
    private final BiFunction<Pod, Container, List<DynamicResource>> claims;
    private final Supplier<List<Pod>> pods;

    /// Of `pods`, those of the node that are not over; `claims` says what of them a container uses.
    public PodResourcesService(
            DevicePlugins plugins, BiFunction<Pod, Container, List<DynamicResource>> claims, Supplier<List<Pod>> pods) {
        this.plugins = plugins;
        this.claims = claims;
        this.pods = pods;
    }

    /// What is to be served.
    public GrpcService service() {
        return new GrpcService(NAME)
                .unary(
                        LIST,
                        request -> ListPodResourcesResponse.newBuilder()
                                .addAllPodResources(
                                        pods.get().stream().map(this::resources).toList())
                                .build())
                .unary(
                        ALLOCATABLE,
                        request -> AllocatableResourcesResponse.newBuilder()
                                .addAllDevices(plugins.counts().keySet().stream()
                                        .sorted()
                                        .flatMap(resource -> plugins.healthy(resource).stream()
                                                .map(id -> devices(resource, id)))
                                        .toList())
                                .build())
                .unary(
                        GET,
                        request -> pods.get().stream()
                                .filter(pod -> pod.getMetadata().getName().equals(request.getPodName())
                                        && pod.getMetadata().getNamespace().equals(request.getPodNamespace()))
                                .findFirst()
                                .map(pod -> GetPodResourcesResponse.newBuilder()
                                        .setPodResources(resources(pod))
                                        .build())
                                .orElseThrow(() -> new GrpcException(
                                        Status.Code.UNKNOWN,
                                        "pod %s in namespace %s not found"
                                                .formatted(request.getPodName(), request.getPodNamespace()))));
    }

    private PodResources resources(Pod pod) {
        var resources = PodResources.newBuilder()
                .setName(pod.getMetadata().getName())
                .setNamespace(pod.getMetadata().getNamespace());
        Stream.concat(
                        pod.getSpec().getInitContainers().stream()
                                .filter(container -> "Always".equals(container.getRestartPolicy())),
                        pod.getSpec().getContainers().stream())
                .forEach(container -> resources.addContainers(ContainerResources.newBuilder()
                        .setName(container.getName())
                        .addAllDynamicResources(claims.apply(pod, container))
                        .addAllDevices(plugins.ledger().of(pod.getMetadata().getUid(), container.getName()).stream()
                                .flatMap(
                                        entry -> entry.ids().stream().sorted().map(id -> devices(entry.resource(), id)))
                                .toList())));
        return resources.build();
    }

    private ContainerDevices devices(String resource, String id) {
        var devices = ContainerDevices.newBuilder().setResourceName(resource).addDeviceIds(id);
        plugins.device(resource, id)
                .filter(Device::hasTopology)
                .map(device -> Topology.newBuilder()
                        .addAllNodes(device.getTopology().getNodesList().stream()
                                .map(node -> NumaNode.newBuilder()
                                        .setId(node.getId())
                                        .build())
                                .toList()))
                .ifPresent(devices::setTopology);
        return devices.build();
    }
}
