/*
 * A provider in C++, which is what a C++ programmer would write: a class for the instance, the
 * standard library, failures as exceptions. None of them crosses the line: guarded() makes statuses
 * of them. Its records live in a file, read and written whole under a lock, so that another process
 * sees them.
 */
#include <dnshook/provider.h>

#include <exception>
#include <fstream>
#include <map>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace
{

/* A failure with the status that says what the host does next. */
class failure : public std::runtime_error
{
  public:
    failure(dnshook_status status, const std::string &text)
        : std::runtime_error(text), status_(status)
    {
    }
    dnshook_status status() const noexcept
    {
        return status_;
    }

  private:
    dnshook_status status_;
};

/* Holds a lock on a file as long as it lives. */
class lock
{
  public:
    explicit lock(const std::string &path)
        : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600))
    {
        if (fd_ < 0)
            throw failure(DNSHOOK_UNREACHABLE, path + " cannot be opened");
        if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
            ::close(fd_);
            throw failure(DNSHOOK_AGAIN, path + " is locked");
        }
    }
    ~lock()
    {
        ::close(fd_);
    }
    lock(const lock &) = delete;
    lock &operator=(const lock &) = delete;

  private:
    int fd_;
};

using sets = std::map<std::string, std::vector<std::string>>;

class account
{
  public:
    explicit account(const dnshook_host *host)
        : host_(host), token_(text("token")), file_(text("file"))
    {
        if (file_.empty() || file_[0] != '/')
            throw failure(DNSHOOK_BAD_CONFIG, "CXX_FILE is no absolute path");
    }

    const dnshook_host *host() const noexcept
    {
        return host_;
    }

    void add(dnshook_change &change)
    {
        const lock held(file_ + ".lock");
        sets all = read();
        std::vector<std::string> &values = all[change.name];

        change.effect = DNSHOOK_EFFECT_NO_CHANGE;
        for (const std::string &each : values)
            if (each == change.value)
                return;
        values.push_back(change.value);
        write(all);
        change.effect = DNSHOOK_EFFECT_CHANGED;
    }

    void remove(dnshook_change &change)
    {
        const lock held(file_ + ".lock");
        sets all = read();
        std::vector<std::string> &values = all[change.name];

        change.effect = DNSHOOK_EFFECT_NO_CHANGE;
        for (std::size_t i = values.size(); i > 0; i--)
            if (values.at(i - 1) == change.value) {
                values.erase(values.begin() + static_cast<std::ptrdiff_t>(i - 1));
                change.effect = DNSHOOK_EFFECT_CHANGED;
            }
        if (change.effect == DNSHOOK_EFFECT_CHANGED)
            write(all);
    }

  private:
    std::string text(const char *name) const
    {
        const char *const value = host_->param(host_, name);

        return value != nullptr ? value : "";
    }

    /* "NAME VALUE" a line, after a line with the token. */
    sets read() const
    {
        std::ifstream in(file_);
        std::string line;
        sets all;

        if (!std::getline(in, line))
            return all;
        if (line != token_)
            throw failure(DNSHOOK_DENIED, "another token");
        while (std::getline(in, line)) {
            const std::string::size_type blank = line.find(' ');

            all[line.substr(0, blank)].push_back(line.substr(blank + 1));
        }
        return all;
    }

    void write(const sets &all) const
    {
        std::ofstream out(file_, std::ios::trunc);

        out << token_ << '\n';
        for (const sets::value_type &set : all)
            for (const std::string &value : set.second)
                out << set.first << ' ' << value << '\n';
        if (!out.flush())
            throw failure(DNSHOOK_UNREACHABLE, file_ + " cannot be written");
    }

    const dnshook_host *host_;
    std::string token_, file_;
};

/* Runs what may throw; whatever it throws becomes a status. */
template <typename Work> int guarded(const dnshook_host *host, Work work) noexcept
{
    try {
        work();
        return DNSHOOK_OK;
    } catch (const failure &error) {
        return dnshook_fail(host, error.status(), "%s", error.what());
    } catch (const std::bad_alloc &) {
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory");
    } catch (const std::exception &error) {
        return dnshook_fail(host, DNSHOOK_BAD_ANSWER, "%s", error.what());
    }
}

int cxx_open(const dnshook_host *host, void **handle) noexcept
{
    return guarded(host, [=] { *handle = new account(host); });
}

void cxx_close(void *handle) noexcept
{
    delete static_cast<account *>(handle);
}

int cxx_add(void *handle, dnshook_change *change) noexcept
{
    account *const self = static_cast<account *>(handle);

    return guarded(self->host(), [=] { self->add(*change); });
}

int cxx_remove(void *handle, dnshook_change *change) noexcept
{
    account *const self = static_cast<account *>(handle);

    return guarded(self->host(), [=] { self->remove(*change); });
}

const dnshook_param params[] = {{sizeof(dnshook_param),
                                 DNSHOOK_PARAM_REQUIRED | DNSHOOK_PARAM_SECRET, "token",
                                 "CXX_TOKEN", nullptr, "The token"},
                                {sizeof(dnshook_param), DNSHOOK_PARAM_REQUIRED | DNSHOOK_PARAM_FILE,
                                 "file", "CXX_FILE", nullptr, "The file that holds the TXT sets"},
                                {0, 0, nullptr, nullptr, nullptr, nullptr}};

/* C++11 has no designated initialisers, and positions in a struct that grows say little. */
dnshook_provider make()
{
    dnshook_provider provider = dnshook_provider();

    provider.size = sizeof provider;
    provider.abi = DNSHOOK_ABI;
    provider.name = "cxx";
    provider.version = "1.0";
    provider.description = "TXT sets in a file, in C++";
    provider.params = params;
    provider.open = cxx_open;
    provider.close = cxx_close;
    provider.add = cxx_add;
    provider.remove = cxx_remove;
    return provider;
}

} // namespace

const dnshook_provider *dnshook_provider_get(void)
{
    static const dnshook_provider provider = make();

    return &provider;
}
