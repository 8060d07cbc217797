package io.apihub.e2e.simulation;

import java.util.random.RandomGenerator;

/** What goes wrong, and when. */
final class Faults {

    private static final long SECOND = VirtualTime.SECOND;

    private final World world;
    private final RandomGenerator random;
    private final long longest;
    private final boolean lossyDatabase;
    private final boolean lossyVolumes;

    Faults(World world) {
        this.world = world;
        this.random = world.random();
        this.longest = world.shape().longest();
        // Each of them takes a copy; together they could take both.
        this.lossyDatabase = random.nextInt(6) == 0;
        this.lossyVolumes = !lossyDatabase && random.nextInt(4) == 0;
    }

    void plan() {
        int count = world.shape().faults();
        for (int i = 0; i < count; i++) {
            world.time().after(random.nextLong(world.horizon()), this::one);
        }
        if (lossyDatabase) {
            planLossyFailOver();
        }
        int edits = random.nextInt(3);
        for (int i = 0; i < edits; i++) {
            world.time().after(random.nextLong(world.horizon()), this::edit);
        }
        if (random.nextInt(3) == 0) {
            world.time().after(random.nextLong(world.horizon()), this::pay);
        }
    }

    private void say(String what) {
        world.trace().say(() -> what);
    }

    private void one() {
        int i = random.nextInt(world.sites().size());
        var site = world.sites().get(i);
        var envoy = world.envoys().get(i);
        switch (random.nextInt(17)) {
            case 0, 1, 2 -> crash(site);
            case 3 -> move(site, envoy);
            case 4, 15, 16 -> cutPower(site, envoy);
            case 5 -> partition(site);
            case 6 -> slow(site);
            case 7 -> cut(site);
            case 8 -> killBilling();
            case 9 -> databaseAway();
            case 10 -> failTransaction();
            case 11 -> failOver();
            case 12 -> killEnvoy(site, envoy);
            case 13 -> stopEnvoy(site, envoy);
            default -> diskRefuses(site);
        }
    }

    private void crash(Site site) {
        var process = site.process;
        if (process == null || !process.isAlive()) {
            return;
        }
        say(site + " is killed");
        process.kill();
        restartLater(site, process.volume());
    }

    private void restartLater(Site site, Volume volume) {
        world.time()
                .after(
                        random.nextLong(random.nextInt(4) == 0 ? longest : 5 * SECOND),
                        () -> world.start(site, volume));
    }

    /** The pod comes back with another volume; its own is found by somebody else, or lost. */
    private void move(Site site, Envoy envoy) {
        var process = site.process;
        if (process == null || !process.isAlive()) {
            return;
        }
        envoy.kill();
        process.kill();
        if (lossyVolumes && random.nextBoolean()) {
            say(site + " is killed and its volume lost");
            world.upstream().lost(process.volume());
            process.journal().lives().all().forEach(each -> world.books().lost(each.id()));
        } else {
            say(site + " is killed and moves");
            world.detached().add(process.volume());
        }
        world.time()
                .after(
                        random.nextLong(10 * SECOND),
                        () -> {
                            var found = world.detached();
                            boolean other = !found.isEmpty() && random.nextBoolean();
                            var volume = other ? found.removeFirst() : world.newVolume();
                            site.restarted();
                            boolean stays = random.nextBoolean();
                            volume.machine().filter(_ -> stays).ifPresent(site::isOn);
                            world.start(site, volume);
                            envoy.start();
                        });
    }

    /** The machine of a gateway and its Envoy dies, and starts again. */
    void cutPower(Site site, Envoy envoy) {
        var process = site.process;
        if (process == null || !process.isAlive()) {
            return;
        }
        say(site + " loses its power");
        envoy.kill();
        world.upstream().powerCut(process.volume());
        process.kill();
        process.volume().cutPower();
        site.restarted();
        world.time()
                .after(
                        random.nextLong(20 * SECOND),
                        () -> {
                            world.start(site, process.volume());
                            envoy.start();
                        });
    }

    private void partition(Site site) {
        say(site + " is cut off");
        site.reachable(false);
        cut(site);
        world.time().after(random.nextLong(longest), () -> site.reachable(true));
    }

    private void slow(Site site) {
        say(site + " has a slow network");
        site.slow(true);
        world.time().after(random.nextLong(40 * SECOND), () -> site.slow(false));
    }

    private void cut(Site site) {
        var process = site.process;
        if (process != null && process.isAlive()) {
            say(site + "'s streams break");
            process.cut(random.nextBoolean() ? 10 * SECOND : SECOND);
        }
    }

    private void killBilling() {
        int i = random.nextInt(world.billings().size());
        var billing = world.billings().get(i);
        if (billing.isUp()) {
            say("billing " + i + " is killed");
            billing.kill(world);
            world.time().after(random.nextLong(30 * SECOND), () -> startBilling(i));
        }
    }

    private void startBilling(int i) {
        if (!world.billings().get(i).isUp()) {
            say("billing " + i + " starts");
            world.billings().set(i, new BillingProcess(i, world));
        }
    }

    private void databaseAway() {
        say("the database is away");
        world.bank().away(true);
        world.time().after(random.nextLong(30 * SECOND), () -> world.bank().away(false));
    }

    private void failTransaction() {
        var how = random.nextBoolean() ? "before" : "after";
        say("the next transaction fails " + how + " its commit");
        world.bank().failNext(how);
    }

    /** Synchronous: the other instance has every commit. */
    private void failOver() {
        if (world.bank().isSynchronous()) {
            say("the database fails over");
            world.bank().failOver();
        }
    }

    /** For a while commits are asynchronous, and then the last ones are lost. */
    private void planLossyFailOver() {
        long from = random.nextLong(world.horizon() * 2 / 3);
        long replicated = random.nextLong(longest / 3);
        long lost = random.nextLong(longest / 6);
        world.time()
                .after(
                        from,
                        () -> {
                            say("commits are asynchronous");
                            world.bank().asynchronous();
                        });
        world.time()
                .after(
                        from + replicated,
                        () -> {
                            say("from here on commits will be lost");
                            world.bank().replicated();
                        });
        world.time()
                .after(
                        from + replicated + lost,
                        () -> {
                            say("the database fails over and loses commits");
                            world.bank().failOver();
                            world.bank().synchronous();
                        });
    }

    private void killEnvoy(Site site, Envoy envoy) {
        say(site + "'s Envoy is killed");
        envoy.kill();
        world.time().after(random.nextLong(5 * SECOND), envoy::start);
    }

    private void stopEnvoy(Site site, Envoy envoy) {
        say(site + "'s Envoy is stopped");
        envoy.stop(random.nextLong(random.nextBoolean() ? 10 * SECOND : longest));
    }

    private void diskRefuses(Site site) {
        var process = site.process;
        if (process != null) {
            say(site + "'s disk refuses");
            process.volume().refusing(true);
            world.time()
                    .after(random.nextLong(10 * SECOND), () -> process.volume().refusing(false));
        }
    }

    /** A top-up, or a debit of what no gateway has leased. While commits may be lost, neither. */
    private void pay() {
        if (world.bank().isSynchronous()) {
            var party = world.parties().get(random.nextInt(world.parties().size()));
            long paid =
                    random.nextBoolean()
                            ? 1 + world.shape().room(random, 300)
                            : -random.nextLong(1 + world.bank().free(party.id));
            say("paid in " + paid);
            world.bank().pay(party.id, paid);
            party.pay(paid);
        }
    }

    private void edit() {
        var party = world.parties().get(random.nextInt(world.parties().size()));
        if (party.caps.isEmpty()) {
            return;
        }
        var cap = party.caps.get(random.nextInt(party.caps.size()));
        if (random.nextInt(3) == 0) {
            cap.declare(!cap.isDeclared());
            if (!cap.isDeclared() && random.nextBoolean()) {
                world.time().after(random.nextLong(3 * SECOND), () -> again(cap));
            }
        } else if (cap.isCounter() && random.nextInt(3) == 0) {
            cap.changeMode();
        } else {
            long now = cap.amount();
            long to = Math.max(1, random.nextBoolean() ? now / 2 : now + now / 3);
            cap.change(to, world.bank().used(cap.name));
        }
        tell(cap);
    }

    /** What was deleted is made again, as by a tool that replaces what it finds. */
    private void again(Party.Cap cap) {
        if (!cap.isDeclared()) {
            cap.declare(true);
            tell(cap);
        }
    }

    private void tell(Party.Cap cap) {
        say(cap + " is now " + (cap.isDeclared() ? cap.mode() + " " + cap.amount() : "deleted"));
        if (cap.isDeclared()) {
            world.bank().rows().limit(cap.name, cap.limit());
        } else {
            world.bank().rows().removeLimit(cap.name);
        }
        for (var site : world.sites()) {
            world.time().after(random.nextLong(SECOND), () -> world.tell(site, cap));
        }
    }
}
