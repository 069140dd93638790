package dev.longshore.runtime.cri.server;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.cri.CriMethods;
import dev.longshore.runtime.cri.proto.AuthConfig;
import dev.longshore.runtime.cri.proto.FilesystemIdentifier;
import dev.longshore.runtime.cri.proto.FilesystemUsage;
import dev.longshore.runtime.cri.proto.Image;
import dev.longshore.runtime.cri.proto.ImageFsInfoRequest;
import dev.longshore.runtime.cri.proto.ImageFsInfoResponse;
import dev.longshore.runtime.cri.proto.ImageStatusRequest;
import dev.longshore.runtime.cri.proto.ImageStatusResponse;
import dev.longshore.runtime.cri.proto.Int64Value;
import dev.longshore.runtime.cri.proto.ListImagesRequest;
import dev.longshore.runtime.cri.proto.ListImagesResponse;
import dev.longshore.runtime.cri.proto.PullImageRequest;
import dev.longshore.runtime.cri.proto.PullImageResponse;
import dev.longshore.runtime.cri.proto.RemoveImageRequest;
import dev.longshore.runtime.cri.proto.RemoveImageResponse;
import dev.longshore.runtime.cri.proto.UInt64Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Images over CRI.
final class ImageCalls {

    private final NodeRuntime runtime;
    private final Path store;
    private final Path containers;
    private final Time time;

    /// @param store where images are kept
    /// @param containers where what containers write is kept
    ImageCalls(NodeRuntime runtime, Path store, Path containers, Time time) {
        this.runtime = runtime;
        this.store = store;
        this.containers = containers;
        this.time = time;
    }

    void offer(GrpcService service) {
        service.unary(CriMethods.LIST_IMAGES, Refusals.told(this::list))
                .unary(CriMethods.IMAGE_STATUS, Refusals.told(this::status))
                .unary(CriMethods.PULL_IMAGE, Refusals.told(this::pull))
                .unary(CriMethods.REMOVE_IMAGE, Refusals.told(this::remove))
                .unary(CriMethods.IMAGE_FS_INFO, Refusals.told(this::fileSystems));
    }

    /// The id of an image that is present.
    Digest present(String reference) {
        return find(reference).map(Images.ImageStatus::id).orElseThrow(() -> Refusals.notFound("image", reference));
    }

    private Optional<Images.ImageStatus> find(String reference) {
        return reference.isEmpty() ? Optional.empty() : runtime.images().status(reference);
    }

    private ListImagesResponse list(ListImagesRequest request) {
        String wanted = request.getFilter().getImage().getImage();
        List<Images.ImageStatus> all = wanted.isEmpty()
                ? runtime.images().list()
                : find(wanted).stream().toList();
        return ListImagesResponse.newBuilder()
                .addAllImages(all.stream().map(ImageCalls::told).toList())
                .build();
    }

    /// Of an image that is not there nothing is told, which is no failure.
    private ImageStatusResponse status(ImageStatusRequest request) {
        var answer = ImageStatusResponse.newBuilder();
        find(request.getImage().getImage()).ifPresent(image -> {
            answer.setImage(told(image));
            if (request.getVerbose()) {
                answer.putAllInfo(Map.of(
                        "info", Json.object().put("id", image.id().toString()).toString()));
            }
        });
        return answer.build();
    }

    private PullImageResponse pull(PullImageRequest request) throws InterruptedException {
        String reference = request.getImage().getImage();
        if (reference.isEmpty()) {
            throw Refusals.invalid("no image to pull is named");
        }
        return PullImageResponse.newBuilder()
                .setImageRef(runtime.images()
                        .pull(reference, credentials(request.getAuth()))
                        .id()
                        .toString())
                .build();
    }

    private RemoveImageResponse remove(RemoveImageRequest request) {
        find(request.getImage().getImage())
                .ifPresent(image -> runtime.images().remove(image.id().toString()));
        return RemoveImageResponse.getDefaultInstance();
    }

    /// The inodes of images are not counted: their files lie in the store once, however many images share them.
    private ImageFsInfoResponse fileSystems(ImageFsInfoRequest request) {
        long used = runtime.images().list().stream()
                .mapToLong(Images.ImageStatus::sizeBytes)
                .sum();
        LayerUse written = LayerUse.NONE;
        for (var container : runtime.containers().list()) {
            written = written.and(runtime.containers()
                    .writableLayer(container.id())
                    .map(LayerUse::of)
                    .orElse(LayerUse.NONE));
        }
        return ImageFsInfoResponse.newBuilder()
                .addImageFilesystems(usage(store, used))
                .addContainerFilesystems(usage(containers, written.bytes()).toBuilder()
                        .setInodesUsed(UInt64Value.newBuilder().setValue(written.files())))
                .build();
    }

    private FilesystemUsage usage(Path directory, long bytes) {
        return FilesystemUsage.newBuilder()
                .setTimestamp(Told.nanos(time.now()))
                .setFsId(FilesystemIdentifier.newBuilder().setMountpoint(directory.toString()))
                .setUsedBytes(UInt64Value.newBuilder().setValue(bytes))
                .build();
    }

    static Image told(Images.ImageStatus image) {
        var told = Image.newBuilder()
                .setId(image.id().toString())
                .addAllRepoTags(image.repoTags())
                .addAllRepoDigests(image.repoDigests())
                .setSize(image.sizeBytes());
        image.user().map(user -> user.split(":", 2)[0]).ifPresent(user -> {
            if (user.matches("[0-9]{1,10}")) {
                told.setUid(Int64Value.newBuilder().setValue(Long.parseLong(user)));
            } else {
                told.setUsername(user);
            }
        });
        return told.build();
    }

    private static Optional<Images.Credentials> credentials(AuthConfig given) {
        if (!given.getRegistryToken().isEmpty()) {
            throw new RuntimeFaultException(
                    RuntimeFaultException.Kind.FAILED, "registry tokens are not supported: give name and password");
        }
        String name = given.getUsername();
        String password = given.getPassword();
        if (name.isEmpty() && !given.getAuth().isEmpty()) {
            String[] pair =
                    new String(Base64.getDecoder().decode(given.getAuth()), StandardCharsets.UTF_8).split(":", 2);
            name = pair[0];
            password = pair.length > 1 ? pair[1] : "";
        }
        return name.isEmpty() && given.getIdentityToken().isEmpty()
                ? Optional.empty()
                : Optional.of(new Images.Credentials(name, password, given.getIdentityToken()));
    }
}
