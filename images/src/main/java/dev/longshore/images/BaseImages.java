package dev.longshore.images;

import dev.longshore.base.Digest;
import dev.longshore.linux.Commands;
import dev.longshore.linux.HostCommands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Makes `longshore.local/busybox:latest` out of this host's own busybox, so that there is an image to build on
/// where no registry can be reached. The same host files give the same image.
public final class BaseImages {

    /// The image's name.
    public static final Reference BUSYBOX = Reference.parse("longshore.local/busybox:latest");

    private static final String INPUTS = "dev.longshore.base.inputs";
    private static final String RECIPE = "1";
    private static final FileTime MADE = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/[^ ]+) \\(0x");
    private static final List<String> NAME_SERVICES = List.of("libnss_dns.so.2", "libnss_files.so.2");
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final Map<String, String> FILES =
            new TreeMap<>(Map.of("etc/passwd", """
            root:x:0:0:root:/root:/bin/sh
            daemon:x:1:1:daemon:/usr/sbin:/bin/false
            www-data:x:33:33:www-data:/var/www:/bin/false
            nobody:x:65534:65534:nobody:/home:/bin/false
            """, "etc/group", """
            root:x:0:
            daemon:x:1:
            tty:x:5:
            www-data:x:33:
            nogroup:x:65534:
            """, "etc/nsswitch.conf", """
            passwd: files
            group: files
            hosts: files dns
            services: files
            """));
    private static final Map<String, Integer> DIRECTORIES = new TreeMap<>(
            Map.of("dev", 0755, "home", 0755, "proc", 0555, "root", 0700, "sys", 0555, "tmp", 01777, "var/www", 0755));

    private final LocalImages local;
    private final Commands commands;
    private final Path busybox;

    /// From the binary at `busybox`, usually `/usr/bin/busybox`.
    public BaseImages(LocalImages local, Commands commands, Path busybox) {
        this.local = local;
        this.commands = commands;
        this.busybox = busybox;
    }

    /// From this host's own.
    public static BaseImages ofHost(LocalImages local) {
        return new BaseImages(local, new HostCommands(), Path.of("/usr/bin/busybox"));
    }

    /// The image, made now if it is not there or the host's files have changed; empty when the host has no
    /// busybox.
    public Optional<Image> busybox() throws IOException, InterruptedException {
        if (!Files.isExecutable(busybox)) {
            return Optional.empty();
        }
        SortedMap<String, Path> files = files();
        String inputs = fingerprint(files);
        Optional<Image> there = local.images().find(BUSYBOX.toString());
        if (there.isPresent()
                && inputs.equals(there.get().config().run().labels().get(INPUTS))) {
            return there;
        }
        Path staged = local.layers().stage("base");
        try (Leases.Lease lease = local.content().leases().open()) {
            fill(staged, files);
            Layers.Written layer = local.layers().commit(staged, Optional.empty(), lease);
            local.images()
                    .tag(BUSYBOX, local.images().assemble(config(inputs, layer), List.of(layer.descriptor()), lease));
        } finally {
            local.layers().discard(staged);
        }
        return local.images().find(BUSYBOX.toString());
    }

    private ImageConfig config(String inputs, Layers.Written layer) {
        RunConfig run = RunConfig.EMPTY
                .withEnv(Map.of("PATH", PATH))
                .starting(List.of(), List.of("sh"))
                .labelled(Map.of(INPUTS, inputs));
        var step = new ImageConfig.History(
                Optional.of(MADE.toInstant()), "busybox and its libraries, as this host has them", "", "", false);
        return new ImageConfig(
                local.images().platform(),
                Optional.of(MADE.toInstant()),
                "",
                run,
                List.of(layer.diffId()),
                List.of(step));
    }

    /// Where each file goes, and where it comes from.
    private SortedMap<String, Path> files() throws InterruptedException {
        var files = new TreeMap<String, Path>();
        files.put("bin/busybox", busybox);
        // A static binary makes ldd fail; then there is nothing to add.
        var libraries = LIBRARY.matcher(
                commands.run(Commands.Command.of("ldd", busybox.toString())).out());
        var found = new ArrayList<Path>();
        while (libraries.find()) {
            found.add(Path.of(libraries.group(1)));
        }
        for (Path library : List.copyOf(found)) {
            if (library.getFileName().toString().startsWith("libc.so")) {
                NAME_SERVICES.forEach(name -> found.add(library.resolveSibling(name)));
            }
        }
        for (Path library : found) {
            if (Files.isRegularFile(library)) {
                files.put(library.toString().substring(1), library);
            }
        }
        return files;
    }

    private String fingerprint(SortedMap<String, Path> files) throws IOException {
        var text = new StringBuilder(RECIPE);
        for (var file : files.entrySet()) {
            text.append('\n')
                    .append(file.getKey())
                    .append(' ')
                    .append(Files.size(file.getValue()))
                    .append(' ')
                    .append(Files.getLastModifiedTime(file.getValue()));
        }
        return Digest.sha256(text.toString().getBytes(StandardCharsets.UTF_8)).hex();
    }

    private void fill(Path root, SortedMap<String, Path> files) throws IOException, InterruptedException {
        for (var file : files.entrySet()) {
            Path target = root.resolve(file.getKey());
            Files.createDirectories(target.getParent());
            Files.copy(file.getValue(), target);
            Files.setAttribute(target, "unix:mode", 0755);
        }
        for (var file : FILES.entrySet()) {
            Path target = root.resolve(file.getKey());
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.getValue());
            Files.setAttribute(target, "unix:mode", 0644);
        }
        String applets = commands.require(busybox.toString(), "--list-full").out();
        for (String applet : applets.lines().toList()) {
            Path target = root.resolve(applet).normalize();
            if (!applet.isEmpty() && target.startsWith(root) && !Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(target.getParent());
                Files.createSymbolicLink(target, Path.of("/bin/busybox"));
            }
        }
        for (var directory : DIRECTORIES.entrySet()) {
            Files.createDirectories(root.resolve(directory.getKey()));
        }
        settle(root);
        for (var directory : DIRECTORIES.entrySet()) {
            Files.setAttribute(root.resolve(directory.getKey()), "unix:mode", directory.getValue());
        }
    }

    /// The same owner, times and directory modes, whatever this process's habits are.
    private static void settle(Path path) throws IOException {
        boolean isDirectory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        if (isDirectory) {
            for (Path child : Overlay.children(path)) {
                settle(child);
            }
            Files.setAttribute(path, "unix:mode", 0755);
        }
        Files.setAttribute(path, "unix:uid", 0, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", 0, LinkOption.NOFOLLOW_LINKS);
        Files.getFileAttributeView(
                        path, java.nio.file.attribute.BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(MADE, null, null);
    }
}
