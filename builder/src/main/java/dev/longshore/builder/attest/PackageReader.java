package dev.longshore.builder.attest;

import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Reads one packager's records out of an image. What is no record is passed over; nothing of the image is run.
interface PackageReader {

    /// What is installed, in any order.
    List<InstalledPackage> read(ImageFiles files, Distribution distribution) throws IOException;

    /// Every packager that is known.
    static List<PackageReader> all() {
        return List.of(new DebianPackages(), new AlpinePackages(), new PythonPackages());
    }

    /// All packages in `tree`, sorted, each place's once.
    static List<InstalledPackage> read(MergedTree tree) throws IOException {
        var files = new ImageFiles(tree);
        Distribution distribution = Distribution.of(files);
        var found = new ArrayList<InstalledPackage>();
        for (PackageReader reader : all()) {
            found.addAll(reader.read(files, distribution));
        }
        return found.stream()
                .filter(InstalledPackage::isSensible)
                .sorted(Comparator.comparing(InstalledPackage::url).thenComparing(InstalledPackage::place))
                .distinct()
                .toList();
    }
}
