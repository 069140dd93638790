package dev.longshore.builder.mounts;

import dev.longshore.builder.flags.Mount;
import dev.longshore.builder.stage.IgnoredFiles;
import dev.longshore.runtime.StepMount;
import java.io.IOException;

/// `type=bind`: files of a stage, an image or the context. What is written there is lost.
record BindMount(String target, MountPlace.Source source, boolean isReadOnly) implements RunMount {

    static BindMount of(MountPlace place, Mount.Bind bind) throws IOException, InterruptedException {
        return new BindMount(place.target(bind.target()), place.source(bind.from(), bind.source()), bind.isReadOnly());
    }

    @Override
    public String meaning() {
        return "bind " + target + (isReadOnly ? " ro " : " rw ") + source.sum();
    }

    @Override
    public void open(OpenMounts opened) throws IOException {
        var images = opened.build().tools().images();
        opened.add(new StepMount.Tree(
                IgnoredFiles.hidden(source.tree(), opened.scratch(), images), source.path(), target, isReadOnly));
    }
}
