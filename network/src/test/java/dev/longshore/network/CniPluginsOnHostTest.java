package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.network.view.Range;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real plugins, in namespaces of the test's own.
class CniPluginsOnHostTest {

    private static final Range PODS = Range.parse("10.244.0.0/24");

    @TempDir
    Path files;

    @Test
    void aPinThatHasLostItsNamespaceKeepsNoAddress() throws Exception {
        var host = new TestHost(files);
        try {
            var bridge = new Bridge(host.cluster, Range.parse("10.96.0.0/16"), host.commands());
            bridge.create();
            bridge.address(PODS);
            var plugins = new CniPlugins(
                    Path.of("/usr/lib/cni"),
                    files.resolve("cni"),
                    NetworkNames.bridge(host.cluster),
                    1500,
                    host.commands());
            String address = plugins.add("a", host.namespace("a"), PODS).getFirst();
            assertThat(given()).contains(address);
            Path left = Files.createFile(files.resolve("left"));

            plugins.delete("a", left, PODS);
            plugins.delete("a", left, PODS);

            assertThat(given()).doesNotContain(address);
        } finally {
            host.close();
        }
    }

    private List<String> given() throws Exception {
        try (Stream<Path> all = Files.walk(files.resolve("cni"))) {
            return all.map(file -> file.getFileName().toString()).toList();
        }
    }
}
