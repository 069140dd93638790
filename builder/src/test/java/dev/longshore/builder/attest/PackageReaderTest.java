package dev.longshore.builder.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.images.LocalImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an image's own files say is installed, whoever wrote them.
class PackageReaderTest {

    @TempDir
    private Path folder;

    private Path root;
    private LocalImages images;

    @BeforeEach
    void open() throws Exception {
        root = Files.createDirectory(folder.resolve("root"));
        images = LocalImages.open(folder.resolve("store"), "amd64", Time.system());
    }

    @Test
    void apkPackagesAreRead() throws Exception {
        write("etc/os-release", "ID=alpine\nVERSION_ID=3.19.1\n");
        write("lib/apk/db/installed", "C:Q1x=\nP:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\nF:lib\nR:x\n\nP:zlib\nV:1.3\n\n");

        assertThat(read())
                .extracting(InstalledPackage::url, InstalledPackage::license)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(
                                "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.19.1", "MIT"),
                        org.assertj.core.api.Assertions.tuple("pkg:apk/alpine/zlib@1.3?distro=alpine-3.19.1", ""));
    }

    @Test
    void packagesWithoutDpkgAreRead() throws Exception {
        write("var/lib/dpkg/status.d/tzdata", "Package: tzdata\nVersion: 2024a\nDescription: times\n of zones\n");
        write("var/lib/dpkg/status.d/tzdata.md5sums", "Package: no\nVersion: 1\n");

        assertThat(read()).extracting(InstalledPackage::url).containsExactly("pkg:deb/debian/tzdata@2024a");
    }

    @Test
    void everyEnvironmentOfPythonIsSeen() throws Exception {
        write("opt/venv/lib/python3.11/site-packages/My_Lib-1.0.dist-info/METADATA", "Name: My_Lib\nVersion: 1.0\n");
        write("a/b-2.dist-info/METADATA", "Name: b\nVersion: 2\nLicense-Expression: MIT OR Apache-2.0\n");
        write("a/empty-2.dist-info/METADATA", "");

        assertThat(read()).extracting(InstalledPackage::url).containsExactly("pkg:pypi/b@2", "pkg:pypi/my-lib@1.0");
    }

    @Test
    void noLinkLeadsOutOfTheImageOrRoundInCircles() throws Exception {
        Path outside = Files.writeString(folder.resolve("status"), "Package: host\nVersion: 1\n");
        Files.createDirectories(root.resolve("var/lib/dpkg"));
        Files.createSymbolicLink(root.resolve("var/lib/dpkg/status"), outside);
        Files.createDirectories(root.resolve("etc"));
        Files.createSymbolicLink(root.resolve("etc/os-release"), Path.of("os-release"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("."));

        assertThat(read()).isEmpty();
    }

    @Test
    void whatNoPackagerWroteIsPassedOver() throws Exception {
        write(
                "var/lib/dpkg/status",
                "Package: " + "x".repeat(100_000)
                        + "\nVersion: 1\n\nVersion: 2\n\n\0\1\nPackage: good\nVersion: 1:2+3\n");

        assertThat(read()).extracting(InstalledPackage::url).containsExactly("pkg:deb/debian/good@1:2%2B3");
    }

    @Test
    void licencesThatAreNoExpressionAreExplained() {
        var licenses = new Licenses();

        assertThat(licenses.expression("(MIT OR Apache-2.0) AND GPL-2.0-only WITH Classpath-exception-2.0"))
                .isEqualTo("(MIT OR Apache-2.0) AND GPL-2.0-only WITH Classpath-exception-2.0");
        assertThat(licenses.expression("")).isEqualTo("NOASSERTION");
        String reference = licenses.expression("do what you want, please");
        assertThat(reference).matches("LicenseRef-[0-9a-f]{16}");
        var document = Json.object();
        licenses.explain(document);
        assertThat(document.path("hasExtractedLicensingInfos")
                        .path(0)
                        .path("extractedText")
                        .asString())
                .isEqualTo("do what you want, please");
    }

    @Test
    void optionsAreReadOrRefusedInOneLine() {
        assertThat(Attestations.parse("", "").isNone()).isTrue();
        assertThat(Attestations.parse("false", "false").isNone()).isTrue();
        assertThat(Attestations.parse("1", "").sbom()).isTrue();
        assertThat(Attestations.parse("", "true").provenance().orElseThrow().everything())
                .isTrue();
        assertThat(Attestations.parse("", "mode=min").provenance().orElseThrow().everything())
                .isFalse();
        assertThatThrownBy(() -> Attestations.parse("generator=x", "")).hasMessageContaining("it is true or false");
        assertThatThrownBy(() -> Attestations.parse("", "mode=mid")).hasMessageContaining("want min or max");
        assertThatThrownBy(() -> Attestations.parse("", "much")).hasMessageContaining("invalid provenance \"much\"");
    }

    private List<InstalledPackage> read() throws Exception {
        return PackageReader.read(images.layers().merged(List.of(root)));
    }

    private void write(String name, String text) throws Exception {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
