package dev.longshore.builder.cases;

import dev.longshore.base.Json;
import dev.longshore.builder.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Builds cases with the `buildah` of this machine: one shell goes through all of them, with a storage of its own, no
/// network but loopback, and steps that run in a chroot. Each case gets a
/// directory with what came of it; at the end `podman`, which shares buildah's storage, shows the files of all.
final class Buildah {

    private static final long MINUTES = 12;
    private static final String SCRIPT = """
            export HOME=%1$s CONTAINERS_REGISTRIES_CONF=%1$s/registries.conf BUILDAH_ISOLATION=chroot TMPDIR=%1$s/tmp
            places="--root %1$s/storage --runroot %1$s/run --storage-driver vfs"
            bud() {
              buildah $places bud --pull-never --layers=false --format docker --identity-label=false "$@"
            }
            look() { # IMAGE
              buildah $places inspect --type image --format '{{.Config}}' "$1" > config
            }
            one() { # FLAG...
              bud --iidfile iid "$@" -f context/Dockerfile context > log 2>&1 && look $(cat iid) 2>> log
              echo $? > status
            }
            buildah $places pull -q docker-archive:%1$s/base.tar > %1$s/base/iid || exit 1
            cd %1$s/base && look $(cat iid)
            """;
    private static final String END = """
            cd %1$s && podman $places --tmpdir %1$s/podman image mount --format json \\
              $(for iid in */iid; do echo $(cat $iid); done) > mounts.json
            """;

    private final Path directory;
    private final StringBuilder script = new StringBuilder();

    /// Works in `directory`, with the image in the archive `base.tar` there.
    Buildah(Path directory) throws IOException {
        this.directory = directory;
        script.append(SCRIPT.formatted(directory));
        Files.writeString(directory.resolve("registries.conf"), "unqualified-search-registries = []\n");
        Files.createDirectory(directory.resolve("base"));
        Files.createDirectory(directory.resolve("tmp"));
    }

    /// Lays out `one`, as number `number`, to be built when the script runs.
    void add(int number, Case one, Web web) throws IOException, InterruptedException {
        Path place = Files.createDirectory(place(number));
        Path context = Files.createDirectory(
                place.resolve("context"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        CaseContext.lay(one, context, web, "/" + number);
        script.append("cd " + place + "\n");
        int before = 0;
        for (Map.Entry<String, String> earlier : one.before().entrySet()) {
            String file = "Dockerfile.before" + before++;
            Files.writeString(place.resolve(file), earlier.getValue());
            script.append("bud -t localhost/%s -f %s context > before.log 2>&1\n".formatted(earlier.getKey(), file));
        }
        var flags = one.order().flags(place).stream().map(Buildah::quoted).collect(Collectors.joining(" "));
        script.append("one " + flags + "\n");
    }

    /// Begins to build all that was added.
    Process start() throws IOException {
        Path file = Files.writeString(directory.resolve("script"), script + END.formatted(directory));
        return new ProcessBuilder("sh", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("script.log").toFile())
                .start();
    }

    /// Waits for the end of [#start].
    static void await(Process running) throws InterruptedException {
        if (!running.waitFor(MINUTES, TimeUnit.MINUTES)) {
            running.destroyForcibly();
            throw new IllegalStateException("buildah took more than %d minutes".formatted(MINUTES));
        }
    }

    /// The image that cases begin with.
    Made base() throws IOException {
        return read(directory.resolve("base"));
    }

    /// What came of number `number`; empty if it was refused.
    Optional<Made> made(int number) throws IOException {
        Path place = place(number);
        boolean isBuilt = Files.readString(place.resolve("status")).strip().equals("0");
        return isBuilt ? Optional.of(read(place)) : Optional.empty();
    }

    /// What it said of number `number`.
    String log(int number) throws IOException {
        return Files.readString(place(number).resolve("log"));
    }

    /// Deletes everything.
    void clear() throws InterruptedException, IOException {
        new ProcessBuilder("rm", "-rf", directory.toString())
                .inheritIO()
                .start()
                .waitFor();
    }

    private Path place(int number) {
        return directory.resolve("case-" + number);
    }

    private Made read(Path place) throws IOException {
        String id = Files.readString(place.resolve("iid")).strip().replace("sha256:", "");
        String root = Json.parse(Files.readString(directory.resolve("mounts.json")))
                .valueStream()
                .filter(image -> image.path("id").asString("").equals(id))
                .map(image -> image.path("mountpoint").stringValue())
                .findFirst()
                .orElseThrow(() -> new IOException(id + " is not mounted"));
        return Made.of(Path.of(root), Json.parse(Files.readString(place.resolve("config"))));
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
