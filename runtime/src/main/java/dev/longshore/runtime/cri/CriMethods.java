package dev.longshore.runtime.cri;

import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.runtime.cri.proto.AttachRequest;
import dev.longshore.runtime.cri.proto.AttachResponse;
import dev.longshore.runtime.cri.proto.CheckpointContainerRequest;
import dev.longshore.runtime.cri.proto.CheckpointContainerResponse;
import dev.longshore.runtime.cri.proto.ContainerEventResponse;
import dev.longshore.runtime.cri.proto.ContainerStatsRequest;
import dev.longshore.runtime.cri.proto.ContainerStatsResponse;
import dev.longshore.runtime.cri.proto.ContainerStatusRequest;
import dev.longshore.runtime.cri.proto.ContainerStatusResponse;
import dev.longshore.runtime.cri.proto.CreateContainerRequest;
import dev.longshore.runtime.cri.proto.CreateContainerResponse;
import dev.longshore.runtime.cri.proto.ExecRequest;
import dev.longshore.runtime.cri.proto.ExecResponse;
import dev.longshore.runtime.cri.proto.ExecSyncRequest;
import dev.longshore.runtime.cri.proto.ExecSyncResponse;
import dev.longshore.runtime.cri.proto.GetEventsRequest;
import dev.longshore.runtime.cri.proto.ImageFsInfoRequest;
import dev.longshore.runtime.cri.proto.ImageFsInfoResponse;
import dev.longshore.runtime.cri.proto.ImageStatusRequest;
import dev.longshore.runtime.cri.proto.ImageStatusResponse;
import dev.longshore.runtime.cri.proto.ListContainerStatsRequest;
import dev.longshore.runtime.cri.proto.ListContainerStatsResponse;
import dev.longshore.runtime.cri.proto.ListContainersRequest;
import dev.longshore.runtime.cri.proto.ListContainersResponse;
import dev.longshore.runtime.cri.proto.ListImagesRequest;
import dev.longshore.runtime.cri.proto.ListImagesResponse;
import dev.longshore.runtime.cri.proto.ListMetricDescriptorsRequest;
import dev.longshore.runtime.cri.proto.ListMetricDescriptorsResponse;
import dev.longshore.runtime.cri.proto.ListPodSandboxMetricsRequest;
import dev.longshore.runtime.cri.proto.ListPodSandboxMetricsResponse;
import dev.longshore.runtime.cri.proto.ListPodSandboxRequest;
import dev.longshore.runtime.cri.proto.ListPodSandboxResponse;
import dev.longshore.runtime.cri.proto.ListPodSandboxStatsRequest;
import dev.longshore.runtime.cri.proto.ListPodSandboxStatsResponse;
import dev.longshore.runtime.cri.proto.PodSandboxStatsRequest;
import dev.longshore.runtime.cri.proto.PodSandboxStatsResponse;
import dev.longshore.runtime.cri.proto.PodSandboxStatusRequest;
import dev.longshore.runtime.cri.proto.PodSandboxStatusResponse;
import dev.longshore.runtime.cri.proto.PortForwardRequest;
import dev.longshore.runtime.cri.proto.PortForwardResponse;
import dev.longshore.runtime.cri.proto.PullImageRequest;
import dev.longshore.runtime.cri.proto.PullImageResponse;
import dev.longshore.runtime.cri.proto.RemoveContainerRequest;
import dev.longshore.runtime.cri.proto.RemoveContainerResponse;
import dev.longshore.runtime.cri.proto.RemoveImageRequest;
import dev.longshore.runtime.cri.proto.RemoveImageResponse;
import dev.longshore.runtime.cri.proto.RemovePodSandboxRequest;
import dev.longshore.runtime.cri.proto.RemovePodSandboxResponse;
import dev.longshore.runtime.cri.proto.ReopenContainerLogRequest;
import dev.longshore.runtime.cri.proto.ReopenContainerLogResponse;
import dev.longshore.runtime.cri.proto.RunPodSandboxRequest;
import dev.longshore.runtime.cri.proto.RunPodSandboxResponse;
import dev.longshore.runtime.cri.proto.RuntimeConfigRequest;
import dev.longshore.runtime.cri.proto.RuntimeConfigResponse;
import dev.longshore.runtime.cri.proto.StartContainerRequest;
import dev.longshore.runtime.cri.proto.StartContainerResponse;
import dev.longshore.runtime.cri.proto.StatusRequest;
import dev.longshore.runtime.cri.proto.StatusResponse;
import dev.longshore.runtime.cri.proto.StopContainerRequest;
import dev.longshore.runtime.cri.proto.StopContainerResponse;
import dev.longshore.runtime.cri.proto.StopPodSandboxRequest;
import dev.longshore.runtime.cri.proto.StopPodSandboxResponse;
import dev.longshore.runtime.cri.proto.UpdateContainerResourcesRequest;
import dev.longshore.runtime.cri.proto.UpdateContainerResourcesResponse;
import dev.longshore.runtime.cri.proto.UpdatePodSandboxResourcesRequest;
import dev.longshore.runtime.cri.proto.UpdatePodSandboxResourcesResponse;
import dev.longshore.runtime.cri.proto.UpdateRuntimeConfigRequest;
import dev.longshore.runtime.cri.proto.UpdateRuntimeConfigResponse;
import dev.longshore.runtime.cri.proto.VersionRequest;
import dev.longshore.runtime.cri.proto.VersionResponse;

/// The calls of CRI v1. The `Stream…` lists, new and off by default in 1.36, are not among them.
public final class CriMethods {

    public static final String RUNTIME = "runtime.v1.RuntimeService";
    public static final String IMAGES = "runtime.v1.ImageService";

    public static final GrpcMethod<VersionRequest, VersionResponse> VERSION = GrpcMethod.unary(
            RUNTIME + "/Version", VersionRequest.getDefaultInstance(), VersionResponse.getDefaultInstance());
    public static final GrpcMethod<RunPodSandboxRequest, RunPodSandboxResponse> RUN_POD_SANDBOX = GrpcMethod.unary(
            RUNTIME + "/RunPodSandbox",
            RunPodSandboxRequest.getDefaultInstance(),
            RunPodSandboxResponse.getDefaultInstance());
    public static final GrpcMethod<StopPodSandboxRequest, StopPodSandboxResponse> STOP_POD_SANDBOX = GrpcMethod.unary(
            RUNTIME + "/StopPodSandbox",
            StopPodSandboxRequest.getDefaultInstance(),
            StopPodSandboxResponse.getDefaultInstance());
    public static final GrpcMethod<RemovePodSandboxRequest, RemovePodSandboxResponse> REMOVE_POD_SANDBOX =
            GrpcMethod.unary(
                    RUNTIME + "/RemovePodSandbox",
                    RemovePodSandboxRequest.getDefaultInstance(),
                    RemovePodSandboxResponse.getDefaultInstance());
    public static final GrpcMethod<PodSandboxStatusRequest, PodSandboxStatusResponse> POD_SANDBOX_STATUS =
            GrpcMethod.unary(
                    RUNTIME + "/PodSandboxStatus",
                    PodSandboxStatusRequest.getDefaultInstance(),
                    PodSandboxStatusResponse.getDefaultInstance());
    public static final GrpcMethod<ListPodSandboxRequest, ListPodSandboxResponse> LIST_POD_SANDBOX = GrpcMethod.unary(
            RUNTIME + "/ListPodSandbox",
            ListPodSandboxRequest.getDefaultInstance(),
            ListPodSandboxResponse.getDefaultInstance());
    public static final GrpcMethod<CreateContainerRequest, CreateContainerResponse> CREATE_CONTAINER = GrpcMethod.unary(
            RUNTIME + "/CreateContainer",
            CreateContainerRequest.getDefaultInstance(),
            CreateContainerResponse.getDefaultInstance());
    public static final GrpcMethod<StartContainerRequest, StartContainerResponse> START_CONTAINER = GrpcMethod.unary(
            RUNTIME + "/StartContainer",
            StartContainerRequest.getDefaultInstance(),
            StartContainerResponse.getDefaultInstance());
    public static final GrpcMethod<StopContainerRequest, StopContainerResponse> STOP_CONTAINER = GrpcMethod.unary(
            RUNTIME + "/StopContainer",
            StopContainerRequest.getDefaultInstance(),
            StopContainerResponse.getDefaultInstance());
    public static final GrpcMethod<RemoveContainerRequest, RemoveContainerResponse> REMOVE_CONTAINER = GrpcMethod.unary(
            RUNTIME + "/RemoveContainer",
            RemoveContainerRequest.getDefaultInstance(),
            RemoveContainerResponse.getDefaultInstance());
    public static final GrpcMethod<ListContainersRequest, ListContainersResponse> LIST_CONTAINERS = GrpcMethod.unary(
            RUNTIME + "/ListContainers",
            ListContainersRequest.getDefaultInstance(),
            ListContainersResponse.getDefaultInstance());
    public static final GrpcMethod<ContainerStatusRequest, ContainerStatusResponse> CONTAINER_STATUS = GrpcMethod.unary(
            RUNTIME + "/ContainerStatus",
            ContainerStatusRequest.getDefaultInstance(),
            ContainerStatusResponse.getDefaultInstance());
    public static final GrpcMethod<UpdateContainerResourcesRequest, UpdateContainerResourcesResponse>
            UPDATE_CONTAINER_RESOURCES = GrpcMethod.unary(
                    RUNTIME + "/UpdateContainerResources",
                    UpdateContainerResourcesRequest.getDefaultInstance(),
                    UpdateContainerResourcesResponse.getDefaultInstance());
    public static final GrpcMethod<ReopenContainerLogRequest, ReopenContainerLogResponse> REOPEN_CONTAINER_LOG =
            GrpcMethod.unary(
                    RUNTIME + "/ReopenContainerLog",
                    ReopenContainerLogRequest.getDefaultInstance(),
                    ReopenContainerLogResponse.getDefaultInstance());
    public static final GrpcMethod<ExecSyncRequest, ExecSyncResponse> EXEC_SYNC = GrpcMethod.unary(
            RUNTIME + "/ExecSync", ExecSyncRequest.getDefaultInstance(), ExecSyncResponse.getDefaultInstance());
    public static final GrpcMethod<ExecRequest, ExecResponse> EXEC =
            GrpcMethod.unary(RUNTIME + "/Exec", ExecRequest.getDefaultInstance(), ExecResponse.getDefaultInstance());
    public static final GrpcMethod<AttachRequest, AttachResponse> ATTACH = GrpcMethod.unary(
            RUNTIME + "/Attach", AttachRequest.getDefaultInstance(), AttachResponse.getDefaultInstance());
    public static final GrpcMethod<PortForwardRequest, PortForwardResponse> PORT_FORWARD = GrpcMethod.unary(
            RUNTIME + "/PortForward",
            PortForwardRequest.getDefaultInstance(),
            PortForwardResponse.getDefaultInstance());
    public static final GrpcMethod<ContainerStatsRequest, ContainerStatsResponse> CONTAINER_STATS = GrpcMethod.unary(
            RUNTIME + "/ContainerStats",
            ContainerStatsRequest.getDefaultInstance(),
            ContainerStatsResponse.getDefaultInstance());
    public static final GrpcMethod<ListContainerStatsRequest, ListContainerStatsResponse> LIST_CONTAINER_STATS =
            GrpcMethod.unary(
                    RUNTIME + "/ListContainerStats",
                    ListContainerStatsRequest.getDefaultInstance(),
                    ListContainerStatsResponse.getDefaultInstance());
    public static final GrpcMethod<PodSandboxStatsRequest, PodSandboxStatsResponse> POD_SANDBOX_STATS =
            GrpcMethod.unary(
                    RUNTIME + "/PodSandboxStats",
                    PodSandboxStatsRequest.getDefaultInstance(),
                    PodSandboxStatsResponse.getDefaultInstance());
    public static final GrpcMethod<ListPodSandboxStatsRequest, ListPodSandboxStatsResponse> LIST_POD_SANDBOX_STATS =
            GrpcMethod.unary(
                    RUNTIME + "/ListPodSandboxStats",
                    ListPodSandboxStatsRequest.getDefaultInstance(),
                    ListPodSandboxStatsResponse.getDefaultInstance());
    public static final GrpcMethod<UpdateRuntimeConfigRequest, UpdateRuntimeConfigResponse> UPDATE_RUNTIME_CONFIG =
            GrpcMethod.unary(
                    RUNTIME + "/UpdateRuntimeConfig",
                    UpdateRuntimeConfigRequest.getDefaultInstance(),
                    UpdateRuntimeConfigResponse.getDefaultInstance());
    public static final GrpcMethod<StatusRequest, StatusResponse> STATUS = GrpcMethod.unary(
            RUNTIME + "/Status", StatusRequest.getDefaultInstance(), StatusResponse.getDefaultInstance());
    public static final GrpcMethod<CheckpointContainerRequest, CheckpointContainerResponse> CHECKPOINT_CONTAINER =
            GrpcMethod.unary(
                    RUNTIME + "/CheckpointContainer",
                    CheckpointContainerRequest.getDefaultInstance(),
                    CheckpointContainerResponse.getDefaultInstance());
    public static final GrpcMethod<GetEventsRequest, ContainerEventResponse> GET_CONTAINER_EVENTS =
            GrpcMethod.answersMany(
                    RUNTIME + "/GetContainerEvents",
                    GetEventsRequest.getDefaultInstance(),
                    ContainerEventResponse.getDefaultInstance());
    public static final GrpcMethod<ListMetricDescriptorsRequest, ListMetricDescriptorsResponse>
            LIST_METRIC_DESCRIPTORS = GrpcMethod.unary(
                    RUNTIME + "/ListMetricDescriptors",
                    ListMetricDescriptorsRequest.getDefaultInstance(),
                    ListMetricDescriptorsResponse.getDefaultInstance());
    public static final GrpcMethod<ListPodSandboxMetricsRequest, ListPodSandboxMetricsResponse>
            LIST_POD_SANDBOX_METRICS = GrpcMethod.unary(
                    RUNTIME + "/ListPodSandboxMetrics",
                    ListPodSandboxMetricsRequest.getDefaultInstance(),
                    ListPodSandboxMetricsResponse.getDefaultInstance());
    public static final GrpcMethod<RuntimeConfigRequest, RuntimeConfigResponse> RUNTIME_CONFIG = GrpcMethod.unary(
            RUNTIME + "/RuntimeConfig",
            RuntimeConfigRequest.getDefaultInstance(),
            RuntimeConfigResponse.getDefaultInstance());
    public static final GrpcMethod<UpdatePodSandboxResourcesRequest, UpdatePodSandboxResourcesResponse>
            UPDATE_POD_SANDBOX_RESOURCES = GrpcMethod.unary(
                    RUNTIME + "/UpdatePodSandboxResources",
                    UpdatePodSandboxResourcesRequest.getDefaultInstance(),
                    UpdatePodSandboxResourcesResponse.getDefaultInstance());
    public static final GrpcMethod<ListImagesRequest, ListImagesResponse> LIST_IMAGES = GrpcMethod.unary(
            IMAGES + "/ListImages", ListImagesRequest.getDefaultInstance(), ListImagesResponse.getDefaultInstance());
    public static final GrpcMethod<ImageStatusRequest, ImageStatusResponse> IMAGE_STATUS = GrpcMethod.unary(
            IMAGES + "/ImageStatus", ImageStatusRequest.getDefaultInstance(), ImageStatusResponse.getDefaultInstance());
    public static final GrpcMethod<PullImageRequest, PullImageResponse> PULL_IMAGE = GrpcMethod.unary(
            IMAGES + "/PullImage", PullImageRequest.getDefaultInstance(), PullImageResponse.getDefaultInstance());
    public static final GrpcMethod<RemoveImageRequest, RemoveImageResponse> REMOVE_IMAGE = GrpcMethod.unary(
            IMAGES + "/RemoveImage", RemoveImageRequest.getDefaultInstance(), RemoveImageResponse.getDefaultInstance());
    public static final GrpcMethod<ImageFsInfoRequest, ImageFsInfoResponse> IMAGE_FS_INFO = GrpcMethod.unary(
            IMAGES + "/ImageFsInfo", ImageFsInfoRequest.getDefaultInstance(), ImageFsInfoResponse.getDefaultInstance());

    private CriMethods() {}
}
