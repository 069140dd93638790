package dev.longshore.images.base;

import dev.longshore.base.Digest;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.Layers;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.RunConfig;
import dev.longshore.linux.Commands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Makes `longshore.local/debian` (glibc and the usual commands) and `longshore.local/python` (the same with python3
/// above it) out of the distribution's packages. The same packages give the same images, to the digest. Thread-safe
/// as the store is; two who make the same image at once do it twice.
public final class DebianImages {

    /// The image of the distribution.
    public static final Reference DEBIAN = Reference.parse("longshore.local/debian:latest");

    /// The image with python3.
    public static final Reference PYTHON = Reference.parse("longshore.local/python:latest");

    private static final String INPUTS = "dev.longshore.base.inputs";
    private static final String RECIPE = "1\n";
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final List<String> SYSTEM = List.of(
            "base-files",
            "base-passwd",
            "bash",
            "coreutils",
            "dash",
            "debianutils",
            "diffutils",
            "findutils",
            "grep",
            "gzip",
            "hostname",
            "libc-bin",
            "libc6",
            "mawk",
            "sed",
            "tar");
    private static final List<String> LANGUAGE = List.of("python3");

    private final LocalImages local;
    private final Commands commands;
    private final Consumer<String> told;

    /// Into `local`; `told` hears what is being done, a line at a time.
    public DebianImages(LocalImages local, Commands commands, Consumer<String> told) {
        this.local = local;
        this.commands = commands;
        this.told = told;
    }

    /// The distribution's image, made now if it is not there or there are newer packages.
    ///
    /// @throws dev.longshore.linux.CommandFailedException when apt cannot do it
    public Image debian() throws IOException, InterruptedException {
        return with(this::debian);
    }

    /// The image with python3, on [#debian], which is made first if need be.
    public Image python() throws IOException, InterruptedException {
        return with(apt -> {
            // Asked first: what has been fetched is no longer in apt's answer.
            apt.resolve(SYSTEM);
            SortedSet<String> files = apt.resolve(LANGUAGE);
            Image below = debian(apt);
            Optional<Image> there = there(PYTHON, inputs(files, below.id().toString()));
            return there.isPresent() ? there.get() : python(apt, below, files);
        });
    }

    private Image debian(AptPackages apt) throws IOException, InterruptedException {
        SortedSet<String> files = apt.resolve(SYSTEM);
        Optional<Image> there = there(DEBIAN, inputs(files, ""));
        return there.isPresent() ? there.get() : debian(apt, files);
    }

    private Image with(Making making) throws IOException, InterruptedException {
        Path work = local.layers().stage("packages");
        try {
            return making.make(new AptPackages(commands, work));
        } finally {
            local.layers().discard(work);
        }
    }

    private interface Making {
        Image make(AptPackages apt) throws IOException, InterruptedException;
    }

    private Image debian(AptPackages apt, SortedSet<String> files) throws IOException, InterruptedException {
        told.accept("fetching " + files.size() + " packages");
        List<DebPackage> packages = apt.fetch(SYSTEM, new TreeSet<>());
        RunConfig run = RunConfig.EMPTY
                .withEnv(Map.of("PATH", PATH))
                .starting(List.of(), List.of("bash"))
                .labelled(Map.of(INPUTS, inputs(files, "")));
        var start = new ImageConfig(
                local.images().platform(), Optional.of(DebianRoot.MADE.toInstant()), "", run, List.of(), List.of());
        return made(DEBIAN, start, List.of(), packages, SYSTEM);
    }

    private Image python(AptPackages apt, Image below, SortedSet<String> files)
            throws IOException, InterruptedException {
        SortedSet<String> known = apt.resolve(SYSTEM);
        List<DebPackage> packages = apt.fetch(LANGUAGE, known);
        told.accept("fetched " + packages.size() + " packages more than debian has");
        RunConfig run = below.config()
                .run()
                .withEnv(Map.of("LANG", "C.UTF-8", "PYTHONUNBUFFERED", "1"))
                .starting(List.of(), List.of("python3"))
                .labelled(Map.of(INPUTS, inputs(files, below.id().toString())));
        return made(PYTHON, below.config().withRun(run), below.manifest().layers(), packages, LANGUAGE);
    }

    /// Puts one layer with `packages` on what `config` and `layers` are.
    private Image made(
            Reference name, ImageConfig config, List<Descriptor> layers, List<DebPackage> packages, List<String> asked)
            throws IOException, InterruptedException {
        told.accept("unpacking " + packages.size() + " packages into " + name.familiar());
        Path upper = local.layers().stage("base");
        try (Leases.Lease lease = local.content().leases().open()) {
            layers.forEach(layer -> lease.keep(layer.digest()));
            List<Path> lowers = lowers(config, layers);
            new DebianRoot(local.layers().tree(upper, lowers), upper, !lowers.isEmpty()).fill(packages);
            Optional<Digest> parent = config.chainIds().isEmpty()
                    ? Optional.empty()
                    : Optional.of(config.chainIds().getLast());
            Layers.Written layer = local.layers().commit(upper, parent, lease);
            var all = new ArrayList<>(layers);
            all.add(layer.descriptor());
            var diffIds = new ArrayList<>(config.diffIds());
            diffIds.add(layer.diffId());
            var history = new ArrayList<>(config.history());
            history.add(new ImageConfig.History(
                    config.created(), String.join(" ", asked) + ", from the distribution's packages", "", "", false));
            var finished = new ImageConfig(
                    config.platform(), config.created(), config.author(), config.run(), diffIds, history);
            local.images().tag(name, local.images().assemble(finished, all, lease));
        } finally {
            local.layers().discard(upper);
        }
        return local.images().get(name.toString());
    }

    private List<Path> lowers(ImageConfig config, List<Descriptor> layers) throws IOException, InterruptedException {
        if (layers.isEmpty()) {
            return List.of();
        }
        Image below = local.images().get(DEBIAN.toString());
        if (!below.config().diffIds().equals(config.diffIds())) {
            throw new IOException(DEBIAN.familiar() + " changed while " + PYTHON.familiar() + " was made: try again");
        }
        return local.layers().directories(below.manifest(), below.config());
    }

    private Optional<Image> there(Reference name, String inputs) throws IOException {
        return local.images()
                .find(name.toString())
                .filter(image -> inputs.equals(image.config().run().labels().get(INPUTS)));
    }

    private static String inputs(SortedSet<String> files, String below) {
        String text = RECIPE + below + "\n" + String.join("\n", files);
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
