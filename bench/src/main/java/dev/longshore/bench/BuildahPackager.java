package dev.longshore.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Debian's buildah on overlayfs, over storage of its own. It is no server: every command is a process. Its steps run
/// by runc, for Debian's crun refuses hosts with both kinds of cgroups.
record BuildahPackager(Tool buildah, Path directory) implements Packager {

    /// Under `directory`.
    static BuildahPackager in(Path directory) {
        var command = List.of(
                "buildah",
                "--root",
                directory.resolve("root").toString(),
                "--runroot",
                directory.resolve("run").toString(),
                "--storage-driver",
                "overlay");
        return new BuildahPackager(new Tool(directory.resolveSibling("buildah.log"), Map.of(), command), directory);
    }

    @Override
    public String name() {
        return "buildah";
    }

    @Override
    public void load(Path archive) throws IOException, InterruptedException {
        buildah.run("pull", "docker-archive:" + archive);
    }

    @Override
    public void build(Path context, String tag, String... options) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(
                List.of("bud", "--layers", "--isolation", "oci", "--runtime", "runc", "--network", "none", "-t", tag));
        arguments.addAll(List.of(options));
        arguments.add(context.toString());
        buildah.run(arguments);
    }

    @Override
    public void save(String tag, Path archive) throws IOException, InterruptedException {
        buildah.run("push", tag, "docker-archive:" + archive + ":" + tag + ":latest");
    }

    @Override
    public void push(String tag, String address) throws IOException, InterruptedException {
        buildah.run("push", "--tls-verify=false", tag, "docker://" + address);
    }

    @Override
    public void remove(String... names) throws IOException, InterruptedException {
        buildah.run("rmi", "-a", "-f");
    }

    @Override
    public void pull(String address) throws IOException, InterruptedException {
        buildah.run("pull", "--tls-verify=false", "docker://" + address);
    }

    @Override
    public List<Long> servers() {
        return List.of();
    }

    @Override
    public void close() throws IOException {
        buildah.runAtEnd("rm", "-a");
        buildah.runAtEnd("rmi", "-a", "-f");
        // It mounts its storage upon itself, and may leave that.
        String mounted = directory.resolve("root/overlay").toString();
        if (Files.readString(Path.of("/proc/self/mounts")).contains(" " + mounted + " ")) {
            new Tool(directory.resolveSibling("umount.log"), Map.of(), List.of("umount", "--lazy")).runAtEnd(mounted);
        }
    }
}
