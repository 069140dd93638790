package dev.longshore.kubelet.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginRegistryTest {

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime();
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final List<RegistrationStatus> answers = new CopyOnWriteArrayList<>();
    private PluginRegistry registry;

    @BeforeEach
    void start() throws IOException {
        registry = new PluginRegistry(directory, List.of(new Drivers()), time);
        registry.start();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void takesUpWhoeverListensAndLetsGoOfWhoLeaves() throws Exception {
        GrpcServer plugin = plugin("CSIPlugin");
        eventually(() -> answers.size() == 1);
        assertThat(answers.getFirst().getPluginRegistered()).isTrue();
        assertThat(taken).containsExactly("+disks.example.com at /run/disks.sock");

        plugin.close();

        eventually(() -> taken.size() == 2);
        assertThat(taken.getLast()).isEqualTo("-disks.example.com at /run/disks.sock");
        try (GrpcServer again = plugin("CSIPlugin")) {
            assertThat(again).isNotNull();
            eventually(() -> answers.size() == 2);
        }
    }

    @Test
    void tellsAPluginOfNoKnownTypeAndAsksItAgainLater() throws Exception {
        try (GrpcServer plugin = plugin("Toaster")) {
            assertThat(plugin).isNotNull();
            eventually(() -> answers.size() == 2);
        }
        assertThat(answers.getFirst().getPluginRegistered()).isFalse();
        assertThat(answers.getFirst().getError())
                .startsWith("RegisterPlugin error -- no handler registered for plugin type: Toaster at socket ");
        assertThat(taken).isEmpty();
    }

    @Test
    void whatIsNoSocketIsNoPlugin() throws Exception {
        Files.writeString(directory.resolve("notes"), "x");
        Files.createDirectories(directory.resolve("drivers"));
        try (GrpcServer plugin = plugin("CSIPlugin")) {
            assertThat(plugin).isNotNull();
            eventually(() -> answers.size() == 1);
        }
        assertThat(taken.getFirst()).startsWith("+disks.example.com");
    }

    private void eventually(java.util.concurrent.Callable<Boolean> condition) {
        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return condition.call();
        });
    }

    private GrpcServer plugin(String type) throws IOException {
        return GrpcServer.listen(
                directory.resolve("disks-reg.sock"),
                List.of(new GrpcService("pluginregistration.Registration")
                        .unary(
                                GrpcMethod.unary(
                                        "pluginregistration.Registration/GetInfo",
                                        InfoRequest.getDefaultInstance(),
                                        PluginInfo.getDefaultInstance()),
                                request -> PluginInfo.newBuilder()
                                        .setType(type)
                                        .setName("disks.example.com")
                                        .setEndpoint("/run/disks.sock")
                                        .addSupportedVersions("1.0.0")
                                        .build())
                        .unary(
                                GrpcMethod.unary(
                                        "pluginregistration.Registration/NotifyRegistrationStatus",
                                        RegistrationStatus.getDefaultInstance(),
                                        RegistrationStatusResponse.getDefaultInstance()),
                                status -> {
                                    answers.add(status);
                                    return RegistrationStatusResponse.getDefaultInstance();
                                })));
    }

    private final class Drivers implements PluginKind {
        @Override
        public String type() {
            return "CSIPlugin";
        }

        @Override
        public void register(String name, Path endpoint, List<String> versions) {
            taken.add("+" + name + " at " + endpoint);
        }

        @Override
        public void deregister(String name, Path endpoint) {
            taken.add("-" + name + " at " + endpoint);
        }
    }
}
