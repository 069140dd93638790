package dev.longshore.runtime.cri.server;

import dev.longshore.base.Json;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.runtime.HandlerFeatures;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.cri.CriMethods;
import dev.longshore.runtime.cri.proto.CgroupDriver;
import dev.longshore.runtime.cri.proto.LinuxRuntimeConfiguration;
import dev.longshore.runtime.cri.proto.RuntimeCondition;
import dev.longshore.runtime.cri.proto.RuntimeConfigRequest;
import dev.longshore.runtime.cri.proto.RuntimeConfigResponse;
import dev.longshore.runtime.cri.proto.RuntimeFeatures;
import dev.longshore.runtime.cri.proto.RuntimeHandler;
import dev.longshore.runtime.cri.proto.RuntimeHandlerFeatures;
import dev.longshore.runtime.cri.proto.RuntimeStatus;
import dev.longshore.runtime.cri.proto.StatusRequest;
import dev.longshore.runtime.cri.proto.StatusResponse;
import dev.longshore.runtime.cri.proto.UpdateRuntimeConfigRequest;
import dev.longshore.runtime.cri.proto.UpdateRuntimeConfigResponse;
import dev.longshore.runtime.cri.proto.VersionRequest;
import dev.longshore.runtime.cri.proto.VersionResponse;
import java.util.TreeSet;

/// Who the runtime is and how it is, over CRI.
final class SelfCalls {

    /// Of the kubelet's own interface, which all runtimes give.
    private static final String KUBELET_API = "0.1.0";

    private final NodeRuntime runtime;
    private final CriServer.Settings settings;

    SelfCalls(NodeRuntime runtime, CriServer.Settings settings) {
        this.runtime = runtime;
        this.settings = settings;
    }

    void offer(GrpcService service) {
        service.unary(CriMethods.VERSION, Refusals.told(this::version))
                .unary(CriMethods.STATUS, Refusals.told(this::status))
                .unary(CriMethods.RUNTIME_CONFIG, Refusals.told(this::config))
                .unary(CriMethods.UPDATE_RUNTIME_CONFIG, Refusals.told(this::update));
    }

    private VersionResponse version(VersionRequest request) {
        return VersionResponse.newBuilder()
                .setVersion(KUBELET_API)
                .setRuntimeName("longshore")
                .setRuntimeVersion(settings.version())
                .setRuntimeApiVersion("v1")
                .build();
    }

    private StatusResponse status(StatusRequest request) {
        NodeRuntime.Readiness readiness = runtime.readiness();
        var answer = StatusResponse.newBuilder()
                .setStatus(RuntimeStatus.newBuilder()
                        .addConditions(condition("RuntimeReady", readiness.runtimeReady(), readiness.message()))
                        .addConditions(condition("NetworkReady", readiness.networkReady(), readiness.message())))
                .setFeatures(RuntimeFeatures.newBuilder().setSupplementalGroupsPolicy(true));
        var names = new TreeSet<>(runtime.handlers());
        names.add("");
        names.forEach(name -> answer.addRuntimeHandlers(handler(name, runtime.features(name))));
        if (request.getVerbose()) {
            answer.putInfo(
                    "config",
                    Json.object()
                            .put("ociRuntime", runtime.version())
                            .put("cgroup", settings.cgroup())
                            .toString());
        }
        return answer.build();
    }

    private static RuntimeHandler handler(String name, HandlerFeatures features) {
        return RuntimeHandler.newBuilder()
                .setName(name)
                .setFeatures(RuntimeHandlerFeatures.newBuilder()
                        .setRecursiveReadOnlyMounts(features.recursiveReadOnlyMounts())
                        .setUserNamespaces(features.userNamespaces()))
                .build();
    }

    private static RuntimeCondition condition(String type, boolean holds, String why) {
        return holds
                ? RuntimeCondition.newBuilder().setType(type).setStatus(true).build()
                : RuntimeCondition.newBuilder()
                        .setType(type)
                        .setReason(type.replace("Ready", "NotReady"))
                        .setMessage(why)
                        .build();
    }

    private RuntimeConfigResponse config(RuntimeConfigRequest request) {
        return RuntimeConfigResponse.newBuilder()
                .setLinux(LinuxRuntimeConfiguration.newBuilder().setCgroupDriver(CgroupDriver.CGROUPFS))
                .build();
    }

    /// The range of the node's pods is known from the cluster.
    private UpdateRuntimeConfigResponse update(UpdateRuntimeConfigRequest request) {
        return UpdateRuntimeConfigResponse.getDefaultInstance();
    }
}
