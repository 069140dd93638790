package dev.longshore.server;

import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.BaseImages;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.images.base.DebianImages;
import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Makes base images for whoever asks on the control socket, one at a time, and tells about it in lines; a line that
/// begins with `error: ` is the last.
final class BaseImageMaking {

    private static final List<String> NAMES = List.of("busybox", "debian", "python");
    private static final double MEGA = 1e6;

    private final Supplier<LocalImages> images;
    private final Commands commands;
    private final Object turn = new Object();

    BaseImageMaking(Supplier<LocalImages> images, Commands commands) {
        this.images = images;
        this.commands = commands;
    }

    Response answer(Request request) {
        String name = request.query().first("name").orElse("");
        if (!NAMES.contains(name)) {
            return Response.text(
                    400, "no base image is called \"" + name + "\"; there are " + String.join(", ", NAMES));
        }
        return new Response.Stream(200, Headers.of("Content-Type", "text/plain"), out -> {
            Consumer<String> line = text -> {
                try {
                    out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
                    out.flush();
                } catch (IOException gone) {
                    throw new UncheckedIOException(gone);
                }
            };
            try {
                Image image = made(name, line);
                line.accept("%s %s %.1f MB"
                        .formatted(
                                image.names().getFirst().familiar(), image.id().shortHex(), size(image) / MEGA));
            } catch (IOException | CommandFailedException | ImageFaultException failed) {
                line.accept("error: " + String.valueOf(failed.getMessage()).replace('\n', ' '));
            }
        });
    }

    private Image made(String name, Consumer<String> line) throws IOException, InterruptedException {
        synchronized (turn) {
            var debian = new DebianImages(images.get(), commands, line);
            return switch (name) {
                case "busybox" -> {
                    Optional<Image> found = BaseImages.ofHost(images.get()).busybox();
                    yield found.orElseThrow(
                            () -> new IOException("this host has no busybox: install the package `busybox`"));
                }
                case "debian" -> debian.debian();
                default -> debian.python();
            };
        }
    }

    private long size(Image image) throws IOException {
        return images.get().images().sizes().total(image);
    }
}
