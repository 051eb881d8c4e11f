/**
 * Who clients are and what they may do: the users of this node, put into the
 * sessions of its clients at once when something changes.
 *
 * Source: https://redis.io/docs/management/security/acl/
 *
 * @module
 */

import {
  type AccessRequest,
  allowsChannels,
  checkAccess,
  DEFAULT_USER,
  type Denial,
  DenialLog,
  type DenialReason,
  mayReadAnyKey,
  readUsers,
  type RefusedRule,
  User,
  UserDirectory,
} from "../../acl/mod.ts";
import {
  assert,
  byteText,
  describeError,
  isOperatingError,
  OptionError,
} from "../../base/mod.ts";
import { grantsOf } from "./access_grants.ts";
import { CATALOG, findCommand, hasArity, requestOf } from "./access_request.ts";
import { describeClient } from "./client_line.ts";
import type { HostClient, HostServer } from "./context.ts";
import { loginOf } from "./login.ts";

/** The file of users: `aclfile`. */
export interface UserFilePort {
  /** Its path. */
  readonly path: string;
  /**
   * Its content, one character a byte.
   *
   * @throws {DiskError} When it cannot be read.
   */
  read(): string;
  /**
   * Puts `text` in place of its content, as a whole or not at all.
   *
   * @throws {DiskError} When it cannot be written.
   */
  write(text: string): Promise<void>;
}

/** What access control needs of the server. */
export type AccessServer = Omit<HostServer, "access">;

/** A request that its user may not run. */
export interface DeniedRequest extends Denial {
  /** Name of the command, `container|subcommand` for subcommands. */
  readonly name: string;
  /** Name of the user. */
  readonly user: string;
}

/** Users, and the clients who are them. */
export class AccessControl {
  /** The users. */
  readonly users: UserDirectory;
  /** Denials of late. */
  readonly denials = new DenialLog(0);
  /** Where users are kept, if anywhere. */
  readonly file: UserFilePort | undefined;
  readonly #server: AccessServer;

  /** Lets everybody in as the default user, who needs the password `requirepass`. */
  constructor(server: AccessServer, file: UserFilePort | undefined) {
    this.#server = server;
    this.file = file;
    this.users = new UserDirectory({ catalog: CATALOG, hasAllChannels: false });
    this.#bindParameters();
  }

  #bindParameters(): void {
    const { parameters } = this.#server;
    const bind = (name: string, act: (value: string) => void) => {
      act(parameters.value(name));
      parameters.onChange(name, act);
    };
    bind("acl-pubsub-default", (value) => {
      this.users.defaults.hasAllChannels = value === "allchannels";
    });
    bind("acllog-max-len", (value) => this.denials.setLengthMax(Number(value)));
    this.users.setDefaultPassword(parameters.value("requirepass"));
    parameters.onChange("requirepass", (password) => {
      this.users.setDefaultPassword(password);
      this.#refreshAll();
    });
  }

  // -- Sessions --

  /** A new client: the default user. */
  arrived(client: HostClient): void {
    client.user = DEFAULT_USER;
    client.hasAuthenticated = this.users.default.isOpen;
    this.#refresh(client);
  }

  /**
   * A client of another node, which is logged in there as `name`: it may do here what the
   * user of that name may do here, and nothing if there is none.
   */
  enter(client: HostClient, name: string): void {
    client.user = name;
    client.hasAuthenticated = true;
    this.#refresh(client);
    if (this.users.find(name) !== undefined) return;
    const session = this.#server.session(client);
    session.setGrants(grantsOf(new User(name, this.users.defaults)));
    session.isAuthenticated = true;
  }

  /** Brings the client's session up to date with what its user may do. */
  #refresh(client: HostClient): void {
    const session = this.#server.session(client);
    const user = this.users.find(client.user);
    const isIn = client.hasAuthenticated ||
      (client.user === DEFAULT_USER && this.users.default.isOpen);
    session.isAuthenticated = user !== undefined && isIn;
    session.isRestricted = user?.isUnrestricted !== true;
    if (user !== undefined) session.setGrants(grantsOf(user));
  }

  #refreshAll(): void {
    for (const client of this.#server.clients()) this.#refresh(client);
  }

  /** Logs a client in as `name`; whether the password is right. `word` is the request's first. */
  logIn(
    client: HostClient,
    name: string,
    password: string,
    word: string,
  ): boolean {
    if (this.users.find(name)?.admits(password) !== true) {
      this.#note(client, "auth", word, name);
      return false;
    }
    client.user = name;
    client.hasAuthenticated = true;
    this.#refresh(client);
    return true;
  }

  /** The client has queued a login: what it may do changes in the midst of its transaction. */
  queuedLogin(client: HostClient): void {
    this.#server.session(client).isRestricted = true;
  }

  // -- Requests --

  /**
   * Why the user called `name` may not run `words`. Nothing is denied that is no request of a
   * command: the error is told by whoever runs it.
   */
  check(
    name: string,
    words: readonly Uint8Array[],
  ): DeniedRequest | undefined {
    const user = this.users.find(name);
    const request = this.#requestOf(words);
    if (request === undefined) return undefined;
    const denial = user === undefined
      ? { lack: "command", at: 0 } as const
      : checkAccess(user, request);
    if (denial === undefined) return undefined;
    return { ...denial, name: request.command.name, user: name };
  }

  /** Name of who the client is after `words` have run, before which it is `name`. */
  userAfter(name: string, words: readonly Uint8Array[]): string {
    const login = loginOf(words);
    if (login === undefined) return name;
    const isRight = this.users.find(login.user)?.admits(login.password);
    return isRight === true ? login.user : name;
  }

  #requestOf(words: readonly Uint8Array[]): AccessRequest | undefined {
    const command = findCommand(words);
    if (command === undefined || !hasArity(command, words.length)) {
      return undefined;
    }
    return requestOf(command, words);
  }

  /** Whether the client's user may run `words`, and read whatever key besides. */
  mayReadAnyKey(client: HostClient, words: readonly Uint8Array[]): boolean {
    const user = this.users.find(client.user);
    const request = this.#requestOf(words);
    return user !== undefined && request !== undefined &&
      mayReadAnyKey(user, request);
  }

  /** Notes in ACL LOG that a request was denied. */
  noteDenied(
    client: HostClient,
    { lack, at, name, user }: DeniedRequest,
    words: readonly Uint8Array[],
  ): void {
    const object = lack === "command" ? name : byteText(words[at]!);
    this.#note({ ...client, user }, lack, object, user);
  }

  #note(
    client: HostClient,
    reason: DenialReason,
    object: string,
    user: string,
  ): void {
    const isQueued = this.#server.session(client).queuedCount >= 0;
    const context = isQueued ? "multi" : "toplevel";
    const line = describeClient(this.#server, client);
    const call = { reason, context, object, user, client: line } as const;
    this.denials.add(call, this.#server.wallMs());
  }

  // -- Users --

  /** Makes a user or changes one; the rule that is wrong, in which case nothing changes. */
  setUser(name: string, rules: readonly string[]): RefusedRule | undefined {
    const before = this.users.find(name);
    const refused = this.users.set(name, rules);
    if (refused !== undefined) return refused;
    const after = this.users.find(name)!;
    if (before !== undefined) this.#endListening(before, after);
    this.#refreshAll();
    return undefined;
  }

  /** Closes clients that listen to what their user may not hear any more. */
  #endListening(before: User, after: User): void {
    if (keepsChannels(before, after)) return;
    const { pubSub } = this.#server;
    for (const client of [...this.#server.clients()]) {
      if (client.user !== after.name) continue;
      const names = (kind: "channel" | "pattern" | "shard-channel") =>
        pubSub.names(kind, client.id);
      const mayListen = allowsChannels(after, names("pattern"), true) &&
        allowsChannels(after, names("channel"), false) &&
        allowsChannels(after, names("shard-channel"), false);
      if (!mayListen) this.#server.kill(client);
    }
  }

  /**
   * Removes a user and closes its clients but `self`.
   *
   * @returns Whether there was one; `self` must be closed too if it is that user.
   */
  removeUser(name: string, self: HostClient): boolean {
    if (!this.users.remove(name)) return false;
    this.#closeClients((user) => user === name, self);
    return true;
  }

  /** Whether the client has lost its user. */
  isNobody(client: HostClient): boolean {
    return this.users.find(client.user) === undefined ||
      !this.#server.session(client).isAuthenticated;
  }

  #closeClients(isMeant: (user: string) => boolean, self?: HostClient): void {
    for (const client of [...this.#server.clients()]) {
      if (!isMeant(client.user)) continue;
      // What is left of its requests runs as nobody.
      client.hasAuthenticated = false;
      this.#server.session(client).isAuthenticated = false;
      if (client !== self) this.#server.kill(client);
    }
  }

  // -- The file --

  /**
   * Puts the users of the file in place of all there are, and closes the clients of all
   * but the default user; `self` is left to be closed. Requires: there is a file.
   *
   * @returns What is wrong with the file, in which case nothing changes.
   */
  load(self?: HostClient): string | undefined {
    const { file } = this;
    assert(file !== undefined, "there is a file of users");
    let content: string;
    try {
      content = file.read();
    } catch (cause) {
      if (!isOperatingError(cause)) throw cause;
      return `Error loading ACLs, opening file '${file.path}': ` +
        describeError(cause);
    }
    const read = readUsers(content, file.path, this.users.defaults);
    if ("errors" in read) return read.errors;
    this.users.replace(read.users);
    // Whoever is called alike now need not be the same.
    this.#closeClients((user) => user !== DEFAULT_USER, self);
    this.#refreshAll();
    return undefined;
  }

  /**
   * Loads the file if there is one, before any client has come.
   *
   * @throws {OptionError} When it cannot be used.
   */
  loadAtStart(): void {
    const problem = this.file === undefined ? undefined : this.load();
    if (problem !== undefined) throw new OptionError(problem);
  }

  /**
   * Writes all users to the file. Requires: there is one.
   *
   * @throws {DiskError} When it cannot be written.
   */
  save(): Promise<void> {
    assert(this.file !== undefined, "there is a file of users");
    return this.file.write(
      this.users.describe().map((line) => `${line}\n`).join(""),
    );
  }
}

/** Whether all channels that `before` allows are allowed by `after`, literally. */
function keepsChannels(before: User, after: User): boolean {
  if (after.selectors.some(({ hasAllChannels }) => hasAllChannels)) return true;
  const kept = new Set(
    after.selectors.flatMap(({ channelPatterns }) => channelPatterns),
  );
  return before.selectors.every(({ hasAllChannels, channelPatterns }) =>
    !hasAllChannels && channelPatterns.every((pattern) => kept.has(pattern))
  );
}
