package dev.longshore.builder.mounts;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.Mount;
import dev.longshore.runtime.StepMount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// `type=secret`: a file in memory, a variable, or both. Its content shows nowhere else.
record SecretMount(
        Line line,
        String id,
        Optional<String> target,
        Optional<String> variable,
        boolean isRequired,
        CacheMount.Look look)
        implements RunMount {

    private static final int MODE = 0400;

    static SecretMount of(MountPlace place, Mount.Secret secret) throws IOException, InterruptedException {
        place.build().session().materials().secret(secret.id(), secret.isRequired());
        Optional<String> target = secret.target().isPresent()
                ? Optional.of(place.target(secret.target().get()))
                : Optional.empty();
        return new SecretMount(
                place.line(),
                secret.id(),
                target,
                secret.variable(),
                secret.isRequired(),
                CacheMount.Look.of(secret.owner(), MODE));
    }

    @Override
    public String meaning() {
        return "secret " + id + " " + target.orElse("-") + " " + variable.orElse("-") + " " + isRequired + " " + look;
    }

    @Override
    public void open(OpenMounts opened) throws IOException, InterruptedException {
        Optional<byte[]> secret = opened.build().wishes().run().secrets().find(id);
        if (secret.isEmpty()) {
            if (isRequired) {
                throw line.wrong("secret " + id + ": not found");
            }
            return;
        }
        target.ifPresent(
                path -> opened.add(new StepMount.Secret(path, secret.get(), look.uid(), look.gid(), look.mode())));
        variable.ifPresent(name -> opened.variable(name, new String(secret.get(), StandardCharsets.UTF_8)));
    }
}
