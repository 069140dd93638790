package dev.longshore.journeys;

import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.kubelet.plugins.proto.InfoRequest;
import dev.longshore.kubelet.plugins.proto.PluginInfo;
import dev.longshore.kubelet.plugins.proto.RegistrationStatus;
import dev.longshore.kubelet.plugins.proto.RegistrationStatusResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The socket by which a kubelet finds a plugin of these tests.
final class PluginRegistration {

    private static final String SERVICE = "pluginregistration.Registration";

    private PluginRegistration() {}

    /// Where a plugin of that name listens.
    static Path endpoint(Path kubelet, String name) throws IOException {
        return Files.createDirectories(kubelet.resolve("plugins").resolve(name)).resolve("plugin.sock");
    }

    /// Lets the kubelet whose directory is `kubelet` find the plugin at `endpoint`.
    static GrpcServer open(Path kubelet, String type, String name, Path endpoint, String version) throws IOException {
        return GrpcServer.listen(
                kubelet.resolve("plugins_registry").resolve(name + "-reg.sock"),
                List.of(new GrpcService(SERVICE)
                        .unary(
                                GrpcMethod.unary(
                                        SERVICE + "/GetInfo",
                                        InfoRequest.getDefaultInstance(),
                                        PluginInfo.getDefaultInstance()),
                                request -> PluginInfo.newBuilder()
                                        .setType(type)
                                        .setName(name)
                                        .setEndpoint(endpoint.toString())
                                        .addSupportedVersions(version)
                                        .build())
                        .unary(
                                GrpcMethod.unary(
                                        SERVICE + "/NotifyRegistrationStatus",
                                        RegistrationStatus.getDefaultInstance(),
                                        RegistrationStatusResponse.getDefaultInstance()),
                                status -> RegistrationStatusResponse.getDefaultInstance())));
    }
}
