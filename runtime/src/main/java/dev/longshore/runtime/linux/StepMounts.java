package dev.longshore.runtime.linux;

import dev.longshore.base.Json;
import dev.longshore.runtime.StepMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Prepares what a build step sees besides its root file system, and writes it into its OCI config. A tree gets a
/// directory:
///
/// ```
/// treeN/l/I            link to its layer I
/// treeN/upper, work    what the step writes there
/// treeN/options        for mount(8)
/// treeN/seen           where it is mounted before the step starts
/// ```
final class StepMounts {

    private final Path directory;
    private final Path secrets;
    private final List<String> trees = new ArrayList<>();

    /// @param directory of the step
    /// @param secrets a directory in memory; made when it is needed
    StepMounts(Path directory, Path secrets) {
        this.directory = directory;
        this.secrets = secrets;
    }

    /// The names of the directories of trees.
    List<String> trees() {
        return List.copyOf(trees);
    }

    /// Prepares `mounts` and adds them to `config`, outer ones before those within.
    void addTo(ObjectNode config, List<StepMount> mounts) throws IOException {
        ArrayNode list = (ArrayNode) config.path("mounts");
        var sorted = new ArrayList<>(mounts);
        sorted.sort(Comparator.comparingInt(
                mount -> Path.of(mount.target()).normalize().getNameCount()));
        for (StepMount mount : sorted) {
            for (int i = list.size() - 1; i >= 0; i--) {
                if (list.get(i).path("destination").asString("").equals(mount.target())) {
                    list.remove(i);
                }
            }
            list.add(
                    switch (mount) {
                        case StepMount.Bind bind -> bind(bind.source(), bind.target(), bind.readOnly());
                        case StepMount.Tree tree -> bind(tree(tree), tree.target(), tree.readOnly());
                        case StepMount.Memory memory -> memory(memory);
                        case StepMount.Secret secret -> bind(secret(secret), secret.target(), true);
                    });
        }
    }

    private static ObjectNode bind(Path source, String target, boolean readOnly) {
        ObjectNode mount =
                Json.object().put("destination", target).put("type", "bind").put("source", source.toString());
        mount.putArray("options").add("rbind").add("rprivate").add(readOnly ? "ro" : "rw");
        return mount;
    }

    private static ObjectNode memory(StepMount.Memory memory) {
        ObjectNode mount = Json.object()
                .put("destination", memory.target())
                .put("type", "tmpfs")
                .put("source", "tmpfs");
        ArrayNode options = mount.putArray("options").add("nosuid").add("nodev").add("mode=1777");
        memory.bytes().ifPresent(bytes -> options.add("size=" + bytes));
        return mount;
    }

    private Path tree(StepMount.Tree tree) throws IOException {
        String name = "tree" + trees.size();
        Path own = Files.createDirectories(directory.resolve(name));
        Files.createDirectory(own.resolve("seen"));
        int layers = OciRuntime.linkLayers(own, tree.layers());
        // overlayfs wants two directories at least.
        Files.createDirectory(
                own.resolve("nothing"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        var options = new StringBuilder("lowerdir=");
        for (int i = 0; i < layers; i++) {
            options.append(name).append("/l/").append(i).append(':');
        }
        options.append(name).append("/nothing");
        if (tree.readOnly()) {
            options.append(",ro");
        } else {
            Path upper = Files.createDirectory(own.resolve("upper"));
            if (!tree.layers().isEmpty()) {
                looksLike(tree.layers().getFirst(), upper);
            }
            Files.createDirectory(own.resolve("work"));
            options.append(",upperdir=")
                    .append(name)
                    .append("/upper,workdir=")
                    .append(name)
                    .append("/work");
        }
        Files.writeString(own.resolve("options"), options);
        trees.add(name);
        Path seen = own.resolve("seen");
        return tree.path().equals("/") ? seen : seen.resolve(tree.path().substring(1));
    }

    private static void looksLike(Path example, Path directory) throws IOException {
        for (String attribute : List.of("unix:uid", "unix:gid", "unix:mode")) {
            Files.setAttribute(directory, attribute, Files.getAttribute(example, attribute, LinkOption.NOFOLLOW_LINKS));
        }
    }

    /// A directory that nobody else may enter and that no disk ever has.
    Path inMemory() throws IOException {
        var onlyOurs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        return Files.createDirectories(secrets, onlyOurs);
    }

    /// Deletes such a directory. Idempotent.
    static void forget(Path secrets) {
        for (String name : StateFile.names(secrets)) {
            StateFile.delete(secrets.resolve(name));
        }
        StateFile.delete(secrets);
    }

    private Path secret(StepMount.Secret secret) throws IOException {
        Path file = Files.createTempFile(inMemory(), "secret", "");
        Files.write(file, secret.content(), StandardOpenOption.TRUNCATE_EXISTING);
        Files.setAttribute(file, "unix:uid", secret.uid());
        Files.setAttribute(file, "unix:gid", secret.gid());
        Files.setAttribute(file, "unix:mode", secret.mode());
        return file;
    }
}
