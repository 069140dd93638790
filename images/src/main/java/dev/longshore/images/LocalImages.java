package dev.longshore.images;

import dev.longshore.base.Time;
import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Everything about images on this machine, over one directory. One per directory at a time: what was half done
/// before is thrown away at [#start].
public final class LocalImages {

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final ImageLayout layout;
    private final Inodes inodes;
    private final Time time;
    private final ContentStore content;
    private final Catalog catalog;
    private final Holds holds;
    private final Layers layers;
    private final ImageStore images;
    private final Snapshots snapshots;
    private final Collector collector;

    /// Over `layout`; images that run on `platform` can be used here.
    public LocalImages(ImageLayout layout, Platform platform, Inodes inodes, Time time) {
        this(layout, platform, inodes, time, Disk.HOST);
    }

    LocalImages(ImageLayout layout, Platform platform, Inodes inodes, Time time, Disk disk) {
        this.layout = layout;
        this.inodes = inodes;
        this.time = time;
        this.content = new ContentStore(layout, new Leases(time), disk);
        this.catalog = new Catalog(layout, disk);
        this.holds = new Holds(layout, disk);
        this.layers = new Layers(layout, content, inodes, disk);
        this.images = new ImageStore(content, catalog, holds, platform, new ImageSizes(layers.sizes()), time);
        this.snapshots = new Snapshots(images, layers, holds);
        this.collector = new Collector(content, images, layers, holds, time);
    }

    /// Opens those of this host under `root`, started. `osArch` is Java's `os.arch`.
    public static LocalImages open(Path root, String osArch, Time time) throws IOException {
        String bootId = Files.readString(BOOT_ID).strip();
        var opened = new LocalImages(new ImageLayout(root, bootId), Platform.linux(osArch), Inodes.host(), time);
        opened.start();
        return opened;
    }

    /// Makes the directories, reads the catalog, removes what a crash left.
    public void start() throws IOException {
        content.start();
        catalog.start();
        holds.start();
        layers.start();
    }

    /// Where it all lies.
    public ImageLayout layout() {
        return layout;
    }

    /// Bytes by digest.
    public ContentStore content() {
        return content;
    }

    /// Images by name.
    public ImageStore images() {
        return images;
    }

    /// Layers as directories.
    public Layers layers() {
        return layers;
    }

    /// Root file systems.
    public Snapshots snapshots() {
        return snapshots;
    }

    /// Who uses what.
    public Holds holds() {
        return holds;
    }

    /// The garbage collector.
    public Collector collector() {
        return collector;
    }

    /// Special files and attributes.
    public Inodes inodes() {
        return inodes;
    }

    /// The clock.
    public Time time() {
        return time;
    }
}
