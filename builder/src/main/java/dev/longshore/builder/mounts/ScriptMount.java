package dev.longshore.builder.mounts;

import dev.longshore.runtime.StepMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A here-document that names its own interpreter (`#!`): a file in `/dev/pipes`, which the command is.
record ScriptMount(String name, String content) implements RunMount {

    private static final String DIRECTORY = "/dev/pipes";

    @Override
    public String meaning() {
        return "script " + name + "\n" + content;
    }

    @Override
    public void open(OpenMounts opened) throws IOException {
        Path directory = opened.scratch();
        Path script = Files.writeString(directory.resolve(name), content);
        Files.setAttribute(directory, "unix:mode", 0755);
        Files.setAttribute(script, "unix:mode", 0755);
        opened.add(new StepMount.Bind(directory, DIRECTORY, true));
    }
}
