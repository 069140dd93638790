package dev.longshore.kubelet.devices;

import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.kubelet.devices.proto.DevicePluginOptions;
import dev.longshore.kubelet.devices.proto.Empty;
import dev.longshore.kubelet.plugins.PluginException;
import dev.longshore.kubelet.plugins.PluginKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Device plugins that the kubelet finds, instead of these finding its socket.
public final class RegisteredDevices implements PluginKind {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final DevicePlugins plugins;

    /// Hands them on to `plugins`.
    public RegisteredDevices(DevicePlugins plugins) {
        this.plugins = plugins;
    }

    @Override
    public String type() {
        return "DevicePlugin";
    }

    @Override
    public void register(String name, Path endpoint, List<String> versions) throws InterruptedException {
        if (!versions.contains(DeviceCalls.VERSION)) {
            throw new PluginException("manifest version, %s, is not among supported versions [%s]"
                    .formatted(versions, DeviceCalls.VERSION));
        }
        try (GrpcClient client = GrpcClient.to(endpoint)) {
            DevicePluginOptions options = client.call(DeviceCalls.OPTIONS, Empty.getDefaultInstance(), LIMIT);
            plugins.register(name, endpoint, options);
        }
    }

    @Override
    public void deregister(String name, Path endpoint) {
        // Its stream has ended, by which its devices are known to be of no use.
    }
}
