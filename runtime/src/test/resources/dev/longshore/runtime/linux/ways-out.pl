# Tries the known ways out of a container, harmlessly, and prints for each "NAME: OK" or the name of the error. Numbers
# are those of x86-64. Nothing is written anywhere: that a file opens for writing is bad enough.
my %names = (1 => 'EPERM', 2 => 'ENOENT', 3 => 'ESRCH', 9 => 'EBADF', 13 => 'EACCES', 14 => 'EFAULT', 22 => 'EINVAL',
    26 => 'ETXTBSY', 30 => 'EROFS', 38 => 'ENOSYS', 19 => 'ENODEV', 6 => 'ENXIO', 97 => 'EAFNOSUPPORT');
my $nothing = "\0" x 256;

sub told { my ($name, $works) = @_; my $why = $! + 0; print "$name: ", $works ? 'OK' : ($names{$why} // $why), "\n"; }
sub call { my ($name, @how) = @_; $! = 0; told($name, syscall($how[0], @how[1 .. $#how]) >= 0); }

opendir(my $descriptors, '/proc/self/fd');
for my $number (sort grep { /^[3-9]|^[1-9][0-9]/ } readdir $descriptors) {
    my $target = readlink "/proc/self/fd/$number";
    print "descriptor $number: $target\n" if defined $target && $target !~ m{^/proc/\d+/fd$|^/ways-out.pl$};
}
closedir $descriptors;

my %calls = (
    add_key => [248, 'user', 'name', 'value', 5, 0], keyctl => [250, 0, 0, 0], request_key => [249, 'user', 'name', 0, 0],
    bpf => [321, 0, $nothing, 120], perf_event_open => [298, $nothing, 0, -1, -1, 0], userfaultfd => [323, 0],
    io_uring_setup => [425, 1, $nothing], open_by_handle_at => [304, -100, $nothing, 0],
    init_module => [175, $nothing, 1, ''], finit_module => [313, 0, '', 0], delete_module => [176, 'nosuch', 0],
    kexec_load => [246, 0, 0, 0, 0], reboot => [169, 0, 0, 0, 0], iopl => [172, 3], ioperm => [173, 0, 1, 1],
    settimeofday => [164, $nothing, 0], clock_settime => [227, 0, 0], acct => [163, '/nosuch'], swapon => [167, '/nosuch', 0],
    quotactl => [179, 0, '/nosuch', 0, 0], syslog => [103, 10, 0, 0], sethostname => [170, 'other', 5],
    mount => [165, 'none', '/tmp', 'tmpfs', 0, 0], umount => [166, '/proc', 2], pivot_root => [155, '/', '/tmp'],
    fsopen => [430, 'tmpfs', 0], open_tree => [428, -100, '/', 1], move_mount => [429, -100, '/', -100, '/tmp', 0],
    mount_setattr => [442, -100, '/', 0, $nothing, 32], unshare_user => [272, 0x10000000], unshare_mount => [272, 0x20000],
    setns => [308, 0, 0x20000], clone3 => [435, $nothing, 88], pidfd_getfd => [438, 0, 0, 0],
    socket_alg => [41, 38, 5, 0], socket_vsock => [41, 40, 1, 0], socket_packet => [41, 1, 1, 0],
    personality_unsafe => [135, 0x0400000], newer_than_all => [998], fspick => [433, -100, '/', 0],
    mount_cgroup => [165, 'none', '/tmp', 'cgroup', 0, 'memory'], mount_proc => [165, 'proc', '/tmp', 'proc', 0, 0],
    remount_sys => [165, 'none', '/sys', 'none', 0x20 | 0x1000, 0]);
call($_, @{$calls{$_}}) for sort keys %calls;
my $child = syscall(56, 0x10000000 | 17, 0, 0, 0, 0);
exit 0 if $child == 0;
told('clone_user', $child > 0);

opendir(my $hierarchies, '/sys/fs/cgroup');
my @releases = map { ("/sys/fs/cgroup/$_/release_agent", "/sys/fs/cgroup/$_/notify_on_release") } readdir $hierarchies;
for my $file (qw(/proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sys/vm/drop_caches /proc/sysrq-trigger
        /sys/kernel/uevent_helper /sys/kernel/mm/ksm/run /sys/power/state /sys/fs/cgroup/memory/cgroup.procs
        /sys/fs/cgroup/cgroup.procs), @releases) {
    told("write $file", sysopen(my $open, $file, 1)) if -e $file;
}
for my $hidden (qw(/proc/kcore /proc/keys /proc/timer_list /proc/sched_debug /proc/latency_stats /proc/interrupts)) {
    next if !-e $hidden;
    open(my $open, '<', $hidden) or next;
    told("see $hidden", defined(my $line = <$open>));
}
for my $hidden (qw(/sys/firmware /proc/acpi /proc/scsi /sys/devices/virtual/powercap)) {
    opendir(my $open, $hidden) or next;
    told("see $hidden", grep { !/^\./ } readdir $open);
}
my %devices = (disk => ['b', split /:/, $ENV{DISK}], sda => ['b', 8, 0], mem => ['c', 1, 1], port => ['c', 1, 4],
    kmsg => ['c', 1, 11], fuse => ['c', 10, 229], tun => ['c', 10, 200], kvm => ['c', 10, 232], loop => ['c', 10, 237]);
for my $name (sort keys %devices) {
    my ($type, $major, $minor) = @{$devices{$name}};
    syscall(133, "/tmp/$name", ($type eq 'b' ? 0060000 : 0020000) | 0600, ($major << 8) | ($minor & 0xff)) == 0 or
        told("make $name", 0);
    told("device $name", sysopen(my $open, "/tmp/$name", 0));
}
# Around hierarchies of version 1 lies a directory of the container's own.
for my $hierarchy ('', map { m{([^/]+)/release_agent$} ? $1 : () } @releases) {
    next if !-e "/sys/fs/cgroup/$hierarchy/cgroup.procs";
    told("group in /sys/fs/cgroup/$hierarchy", syscall(83, "/sys/fs/cgroup/$hierarchy/mine", 0755) == 0);
}
# What talks to the node: whatever socket is here would have to be mounted, and those of engines have known names.
my @sockets = map { "$_.sock" } qw(/run/docker /var/run/docker /run/containerd/containerd /run/crio/crio /run/podman/podman
    /run/longshore /var/lib/kubelet/pod-resources/kubelet /var/lib/kubelet/device-plugins/kubelet);
my @places = ('/');
while (defined(my $place = shift @places)) {
    opendir(my $open, $place) or next;
    for my $entry (map { $place eq '/' ? "/$_" : "$place/$_" } grep { !/^\.\.?$/ } readdir $open) {
        push @sockets, $entry if -S $entry;
        push @places, $entry if -d $entry && !-l $entry && $entry !~ m{^/(proc|sys)$};
    }
}
for my $socket (@sockets) {
    socket(my $speaks, 1, 1, 0) or next;
    told("socket $socket", connect($speaks, pack('S a*', 1, "$socket\0")));
}
opendir(my $processes, '/proc');
print 'processes: ', scalar(grep { /^[0-9]+$/ } readdir $processes), "\n";
